//! The two pages on the port of `[watch]`: `/metrics` and `/healthz`.

use super::{health, look, metrics};
use crate::clock::Clock;
use crate::daemon::Desk;
use crate::daemon::disk;
use crate::journal;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// Whoever asks more at once waits: a monitoring system asks every few seconds, one question at a time.
const AT_ONCE: usize = 4;
/// A question and its answer take no longer.
const PATIENCE: Duration = Duration::from_secs(10);
const TEXT: &str = "text/plain; charset=utf-8";

/// What a question is answered from.
#[derive(Clone)]
struct Answering {
    desk: Desk,
    clock: Clock,
    store: PathBuf,
}

/// Answers as long as it is polled; without a port there is nothing to do.
pub(super) async fn serve(listener: Option<TcpListener>, desk: &Desk, clock: &Clock, store: &Path) {
    let listener = listener.map(tokio::net::TcpListener::from_std);
    let listener = match listener {
        Some(Ok(listener)) => listener,
        Some(Err(why)) => {
            journal::page_failed(&why.to_string());
            return;
        }
        None => return,
    };
    let answering = Answering { desk: desk.clone(), clock: clock.clone(), store: store.to_owned() };
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let answering = answering.clone();
                tokio::spawn(async move {
                    converse(stream, answering).await;
                    drop(place);
                });
            }
            // Out of files, as a rule: it passes.
            Err(why) => {
                journal::page_failed(&why.to_string());
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

/// One question a connection.
async fn converse(stream: TcpStream, answering: Answering) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (answering, method) = (answering.clone(), request.method().clone());
        let path = request.uri().path().to_owned();
        async move { Ok::<_, Infallible>(aside(move || answer(&answering, &method, &path)).await) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever hangs up in between has no use for an answer.
    let _ = tokio::time::timeout(PATIENCE * 2, connection).await;
}

/// On a thread beside the runtime's: where many requests are open, counting them takes a while.
async fn aside(answer: impl FnOnce() -> Response<Full<Bytes>> + Send + 'static) -> Response<Full<Bytes>> {
    let answered = tokio::task::spawn_blocking(answer).await;
    answered.unwrap_or_else(|why| page(StatusCode::INTERNAL_SERVER_ERROR, TEXT, why.to_string()))
}

fn answer(answering: &Answering, method: &Method, path: &str) -> Response<Full<Bytes>> {
    match (method, path) {
        (&Method::GET | &Method::HEAD, "/metrics") => tell_metrics(answering),
        (&Method::GET | &Method::HEAD, "/healthz") => tell_health(answering),
        (_, "/metrics" | "/healthz") => page(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET".to_owned()),
        _ => page(StatusCode::NOT_FOUND, TEXT, "there are /metrics and /healthz".to_owned()),
    }
}

fn tell_metrics(Answering { desk, clock, store }: &Answering) -> Response<Full<Bytes>> {
    let free = disk::free(store).ok();
    match look(desk, clock) {
        Ok(seen) => page(StatusCode::OK, metrics::FORMAT, metrics::text(&seen, free)),
        Err(why) => page(StatusCode::INTERNAL_SERVER_ERROR, TEXT, why.to_string()),
    }
}

fn tell_health(Answering { desk, clock, .. }: &Answering) -> Response<Full<Bytes>> {
    let complaint = match look(desk, clock) {
        Ok(seen) => health::complaint(&seen),
        Err(why) => Some(why.to_string()),
    };
    match complaint {
        None => page(StatusCode::OK, TEXT, "ok".to_owned()),
        Some(complaint) => page(StatusCode::SERVICE_UNAVAILABLE, TEXT, complaint),
    }
}

fn page(status: StatusCode, format: &'static str, text: String) -> Response<Full<Bytes>> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let mut response = Response::new(Full::new(Bytes::from(text + end)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format));
    response
}
