//! The daemon's side of the control socket.
//!
//! However slow or hostile whoever connects is, the daemon goes on: requests are read with patience of seconds,
//! answered on threads beside the daemon's, and few at a time.

use super::office::{Alive, Office};
use super::orders::Ordered;
use super::socket::Socket;
use super::{Asked, Said, wire};
use crate::clock::Clock;
use crate::daemon::Desk;
use crate::decider::{DecideError, Watch, Work};
use crate::exit::Exit;
use crate::journal;
use crate::program::View;
use crate::program::input::Input;
use std::future::pending;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// So many are answered at a time; others wait to be let in.
const AT_ONCE: usize = 4;
/// A request must have come by then, and its answer must be taken.
const PATIENCE: Duration = Duration::from_secs(5);
/// After an error of the system, such as too many open files.
const REST: Duration = Duration::from_secs(1);

/// Where requests are answered.
pub struct Counter {
    pub office: Office,
    pub desk: Desk,
    pub clock: Clock,
}

/// Answers as long as it is polled. Where the socket cannot be made the daemon serves all the same.
pub async fn serve(counter: Counter, store: &Path) {
    let socket = match Socket::open(store) {
        Ok(socket) => socket,
        Err(why) => {
            journal::control_not_served(&super::socket::path(store), &why.to_string());
            return pending().await;
        }
    };
    let (counter, places) = (Arc::new(counter), Arc::new(Semaphore::new(AT_ONCE)));
    while let Ok(place) = places.clone().acquire_owned().await {
        match socket.listener.accept().await {
            Ok((stream, _)) => {
                let counter = counter.clone();
                tokio::spawn(async move {
                    counter.attend(stream).await;
                    drop(place);
                });
            }
            Err(_) => sleep(REST).await,
        }
    }
}

impl Counter {
    /// Of the daemon that has just started on this desk.
    pub fn of(office: Office, desk: &Desk, clock: &Clock) -> Self {
        let alive = Alive { since: clock.now(), pulse: desk.pulse.clone() };
        Self { office: Office { alive: Some(alive), ..office }, desk: desk.clone(), clock: clock.clone() }
    }

    /// One request. Whoever does not send it, or does not take the answer, is left.
    async fn attend(self: Arc<Self>, mut stream: UnixStream) {
        let Ok(line) = timeout(PATIENCE, wire::first_line(&mut stream)).await else { return };
        let said = match line.and_then(|line| wire::read(&line)) {
            Ok(asked) => self.answer(asked).await,
            Err(why) => not_understood(&why),
        };
        // What was decided is committed, whether or not anybody reads of it.
        let _ = timeout(PATIENCE, stream.write_all(wire::line(&said).as_bytes())).await;
    }

    async fn answer(self: Arc<Self>, asked: Asked) -> Said {
        let ordered = match self.clone().look(move |office, view, now| office.order(view, &asked, now)).await
        {
            Ok(ordered) => ordered,
            Err(failed) => return failed,
        };
        match ordered {
            Ordered::Said(said) => said,
            Ordered::Order(order, before) => {
                let watch = Watch::default();
                let work = Work::Watched(Input::Ordered(order.clone()), watch.clone());
                if let Err(why) = self.desk.decide(work).await {
                    return failed(&why);
                }
                self.desk.hurry.notify_waiters();
                let came = watch.take();
                let told = move |office: &Office, view: &dyn View, now| {
                    office.obeyed(view, &order, &before, came.as_ref(), now)
                };
                self.look(told).await.unwrap_or_else(|failed| failed)
            }
        }
    }

    /// Reads committed rows on a thread beside the runtime's.
    async fn look<T: Send + 'static>(
        self: Arc<Self>,
        look: impl Fn(&Office, &dyn View, crate::program::record::Timestamp) -> T + Send + 'static,
    ) -> Result<T, Said> {
        let read = move || self.desk.read(|view| look(&self.office, view, self.clock.now()));
        match tokio::task::spawn_blocking(read).await {
            Ok(read) => read.map_err(|why| failed(&why)),
            Err(_) => Err(Said::wrong(
                "the daemon failed over this request, and goes on; please report it".to_owned(),
                Exit::Software,
            )),
        }
    }
}

fn failed(why: &DecideError) -> Said {
    let exit = if why.is_passing() { Exit::TempFail } else { Exit::IoErr };
    Said::wrong(format!("the daemon could not do that: {why}"), exit)
}

fn not_understood(why: &str) -> Said {
    let version = crate::args::version();
    Said::wrong(
        format!(
            "the running daemon ({version}) does not understand this request ({why}); is it of another version? Restart it"
        ),
        Exit::Unavailable,
    )
}
