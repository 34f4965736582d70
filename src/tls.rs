//! A connection to a mail server: TCP, TLS where wanted, a time-out on every read and write.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3).
    Tls,
    /// TLS after STARTTLS (RFC 3207, RFC 9051 §6.2.1); never without it.
    StartTls,
    /// No protection: only to a server on this machine.
    None,
}

/// Whom to connect to.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The table of the configuration that errors point to: `imap` or `smtp`.
    pub table: &'static str,
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// A PEM file of root certificates to trust besides the system's (or `SSL_CERT_FILE`'s).
    pub ca_file: Option<PathBuf>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("cannot reach {peer}: {cause}; check [{table}] host and port, and that the server is up")]
    Unreachable { peer: String, table: &'static str, cause: String },
    #[error(
        "no secure connection with {peer}: {cause}; check [{table}] host and security, and that its certificate is \
         for this name and from an authority this machine trusts (SSL_CERT_FILE adds one)"
    )]
    Tls { peer: String, table: &'static str, cause: String },
    #[error("{0}")]
    Config(String),
}

impl Peer {
    /// `host:port`, as errors name it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Opens a connection, each step of it in at most `limit`. With [`Security::StartTls`]
    /// it is still plain: the protocol asks for TLS in its own words, then [`Wire::secure`].
    pub async fn connect(&self, limit: Duration) -> Result<Wire, ConnectError> {
        let addresses = timeout(limit, self.resolve()).await.map_err(|_| self.late("its name", limit))??;
        let mut last = self.unreachable("its name has no address");
        for address in addresses {
            match timeout(limit, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return self.open(stream, limit).await,
                Ok(Err(error)) => last = self.unreachable(error),
                Err(_) => last = self.late("the connection", limit),
            }
        }
        Err(last)
    }

    async fn open(&self, stream: TcpStream, limit: Duration) -> Result<Wire, ConnectError> {
        // Commands are small and each waits for its answer: Nagle would only add delay.
        stream.set_nodelay(true).map_err(|error| self.unreachable(error))?;
        let wire = Wire { stream: Stream::Plain(stream), limit: None, reading: None, writing: None };
        match self.security {
            Security::Tls => wire.secure(self, limit).await,
            Security::StartTls | Security::None => Ok(wire),
        }
    }

    async fn resolve(&self) -> Result<Vec<SocketAddr>, ConnectError> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let addresses: Vec<_> = found.map_err(|error| self.unreachable(error))?.collect();
        let local = || addresses.iter().all(|address| address.ip().is_loopback());
        match self.security {
            Security::None if !is_loopback(&self.host) || !local() => Err(self.not_loopback()),
            _ => Ok(addresses),
        }
    }

    fn not_loopback(&self) -> ConnectError {
        ConnectError::Config(format!(
            "[{}] security = \"none\" is only for a server on this machine, and host = \"{}\" is not; \
             use \"tls\" or \"starttls\"",
            self.table, self.host
        ))
    }

    fn unreachable(&self, cause: impl ToString) -> ConnectError {
        ConnectError::Unreachable { peer: self.name(), table: self.table, cause: cause.to_string() }
    }

    fn late(&self, what: &str, limit: Duration) -> ConnectError {
        self.unreachable(format!("waited {} s for {what}", limit.as_secs_f32()))
    }

    fn insecure(&self, cause: impl ToString) -> ConnectError {
        ConnectError::Tls { peer: self.name(), table: self.table, cause: cause.to_string() }
    }

    /// The system's roots are read at each connection, so a renewed store needs no restart.
    fn client_config(&self) -> Result<ClientConfig, ConnectError> {
        client_config(self.extra_roots()?).map_err(ConnectError::Config)
    }

    fn extra_roots(&self) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
        let Some(path) = &self.ca_file else { return Ok(Vec::new()) };
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        read.map_err(|error| {
            let path = path.display();
            ConnectError::Config(format!("{path}: {error}; it must hold certificates in PEM form"))
        })
    }
}

/// TLS as a client: the system's roots (or `SSL_CERT_FILE`'s), and these.
pub fn client_config(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    for root in extra {
        roots.add(root).map_err(|error| format!("a certificate cannot be trusted: {error}"))?;
    }
    if roots.is_empty() {
        let causes: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        return Err(format!(
            "no trusted root certificates on this machine ({}); install ca-certificates or set SSL_CERT_FILE",
            causes.join("; ")
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS cannot be begun: {error}"))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Whether `host` says by itself that it is this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// One open connection.
#[derive(Debug)]
pub struct Wire {
    stream: Stream,
    limit: Option<Duration>,
    reading: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// The longest silence borne in a read or a write; `None` waits for ever.
    pub fn set_limit(&mut self, limit: Option<Duration>) {
        self.limit = limit;
        self.reading = None;
        self.writing = None;
    }

    /// Our own end of the connection.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().local_addr()
    }

    /// The server's end of the connection.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().peer_addr()
    }

    /// Puts TLS on a plain connection.
    pub async fn secure(self, peer: &Peer, limit: Duration) -> Result<Self, ConnectError> {
        let Stream::Plain(stream) = self.stream else { return Ok(self) };
        let name = ServerName::try_from(peer.host.clone()).map_err(|error| peer.insecure(error))?;
        let connector = TlsConnector::from(Arc::new(peer.client_config()?));
        let shaken = timeout(limit, connector.connect(name, stream)).await;
        let stream = shaken.map_err(|_| peer.late("TLS", limit))?.map_err(|error| peer.insecure(error))?;
        Ok(Self { stream: Stream::Tls(Box::new(stream)), limit: self.limit, reading: None, writing: None })
    }

    /// The server's own certificate (DER); None without TLS.
    pub fn certificate(&self) -> Option<Vec<u8>> {
        let Stream::Tls(stream) = &self.stream else { return None };
        stream.get_ref().1.peer_certificates()?.first().map(|certificate| certificate.to_vec())
    }

    fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.get_ref().0,
        }
    }
}

impl Stream {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// Answers what `polled` says, or an error once it has been pending for `limit`.
fn within<T>(
    limit: Option<Duration>,
    alarm: &mut Option<Pin<Box<Sleep>>>,
    cx: &mut Context<'_>,
    polled: Poll<io::Result<T>>,
) -> Poll<io::Result<T>> {
    let (Poll::Pending, Some(limit)) = (&polled, limit) else {
        *alarm = None;
        return polled;
    };
    let sleeping = alarm.get_or_insert_with(|| Box::pin(sleep(limit)));
    ready!(sleeping.as_mut().poll(cx));
    *alarm = None;
    let silence = format!("the server was silent for {} s", limit.as_secs_f32());
    Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, silence)))
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let polled = this.stream.poll_read(cx, buf);
        within(this.limit, &mut this.reading, cx, polled)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let polled = this.stream.poll_write(cx, buf);
        within(this.limit, &mut this.writing, cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let polled = this.stream.poll_flush(cx);
        within(this.limit, &mut this.writing, cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(host: &str, security: Security) -> Peer {
        Peer { table: "imap", host: host.to_owned(), port: 9, security, ca_file: None }
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "10.0.0.1", "mail.network.example", "::2", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[tokio::test]
    async fn an_open_connection_to_another_machine_is_refused() {
        // 192.0.2.0/24 is never routed (RFC 5737), and the refusal comes before any packet.
        let error = peer("192.0.2.1", Security::None).connect(Duration::from_secs(1)).await.unwrap_err();
        assert!(matches!(error, ConnectError::Config(_)));
        assert!(error.to_string().contains("[imap] security"), "{error}");
    }
}
