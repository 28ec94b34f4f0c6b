//! One HTTP/1 server for every listener: bounded connections, a deadline for headers, a clean end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::tls::Greeter;

/// What a listener allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at a time; more wait in the kernel's queue.
    pub(crate) connections: usize,
    /// From the opening of a connection, or its last answer, until the headers of the next request are complete.
    pub(crate) headers: Duration,
    /// From the order to stop until connections are cut.
    pub(crate) farewell: Duration,
}

impl Limits {
    /// For listeners that carriers, load balancers and metrics collectors reach.
    pub(crate) const PUBLIC: Self = Self {
        connections: 1024,
        headers: Duration::from_secs(30),
        farewell: Duration::from_secs(10),
    };
    /// For the operators' socket.
    pub(crate) const OPERATORS: Self = Self {
        connections: 128,
        headers: Duration::from_secs(600),
        farewell: Duration::from_secs(10),
    };
}

/// How long a caller may take over the TLS handshake: a few round trips of a slow line.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Tells every listener to stop. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Gives the order to stop; so does dropping it.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// An order that is not given yet.
    pub(crate) fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// Gives it.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns once the order is given.
    pub(crate) async fn ordered(&mut self) {
        // An error means that the stopper is gone, which is the same.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// What is served on a listener.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) limits: Limits,
    /// How new connections are greeted: with TLS or not.
    pub(crate) greeter: Greeter,
}

impl Site {
    /// `router` on plain HTTP.
    pub(crate) fn plain(router: Router, limits: Limits) -> Self {
        Self {
            router,
            limits,
            greeter: Greeter::plain(),
        }
    }
}

/// Serves `site` on `listener` until `stop`; every request carries what `peer` says of its connection as an
/// extension. Returns when all connections are closed.
pub(crate) async fn serve<L, P>(
    mut listener: L,
    site: Site,
    mut stop: Stop,
    peer: impl Fn(&L::Io, &L::Addr) -> P,
) where
    L: Listener,
    P: Clone + Send + Sync + 'static,
{
    let limits = site.limits;
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            break;
        };
        let (io, address) = tokio::select! {
            () = stop.ordered() => break,
            accepted = listener.accept() => accepted,
        };
        let peer = peer(&io, &address);
        let (router, stop) = (site.router.clone(), stop.clone());
        let acceptor = site.greeter.acceptor();
        connections.spawn(async move {
            match acceptor {
                None => converse(io, router, peer, limits.headers, stop).await,
                Some(acceptor) => match tokio::time::timeout(HANDSHAKE, acceptor.accept(io)).await {
                    Ok(Ok(io)) => converse(io, router, peer, limits.headers, stop).await,
                    Ok(Err(error)) => tracing::debug!(kind = %error.kind(), "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                },
            }
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.farewell, all_closed).await.is_err() {
        tracing::warn!("cut connections that did not finish in time");
    }
}

/// One connection, until the peer closes it or the order to stop has come and the request under way is answered.
async fn converse<I, P>(io: I, router: Router, peer: P, headers: Duration, mut stop: Stop)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    P: Clone + Send + Sync + 'static,
{
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        let router = router.clone();
        async move { Ok::<_, Infallible>(answer(router, request.map(Body::new)).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(headers)
            .serve_connection(TokioIo::new(io), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.ordered() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Not the error itself: it may quote what the peer sent.
        tracing::debug!(
            timeout = error.is_timeout(),
            parse = error.is_parse(),
            "a connection broke"
        );
    }
}

async fn answer(router: Router, request: hyper::Request<Body>) -> axum::response::Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Extension;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    async fn start(limits: Limits) -> (std::net::SocketAddr, Stopper, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stopper, stop) = Stopper::new();
        let router = Router::new().route(
            "/",
            get(|Extension(peer): Extension<&'static str>| async move { peer }),
        );
        (
            address,
            stopper,
            tokio::spawn(serve(
                listener,
                Site::plain(router, limits),
                stop,
                |_, _| "the peer",
            )),
        )
    }

    async fn read_all(stream: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn a_request_knows_its_peer_and_a_stop_closes_idle_connections() {
        let (address, stopper, served) = start(Limits::PUBLIC).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        stopper.stop();
        assert!(read_all(&mut stream).await.ends_with("the peer"));
        served.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "it listens no longer");
    }

    #[tokio::test]
    async fn headers_that_never_end_are_cut_off() {
        let limits = Limits {
            headers: Duration::from_millis(50),
            ..Limits::PUBLIC
        };
        let (address, _stopper, _served) = start(limits).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        let text = tokio::time::timeout(Duration::from_secs(10), read_all(&mut stream))
            .await
            .unwrap();
        assert!(!text.contains("the peer"));
    }

    #[tokio::test]
    async fn a_connection_too_many_waits_for_a_place() {
        let (address, _stopper, _served) = start(Limits {
            connections: 1,
            ..Limits::PUBLIC
        })
        .await;
        let first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        let early = tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await;
        assert!(
            early.is_err(),
            "the second was served while the first held the only place"
        );
        drop(first);
        assert!(read_all(&mut second).await.ends_with("the peer"));
    }

    #[tokio::test]
    async fn a_request_that_never_ends_does_not_hold_up_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stopper, stop) = Stopper::new();
        let begun = Arc::new(tokio::sync::Notify::new());
        let notify = begun.clone();
        let endless = get(move || async move {
            notify.notify_one();
            std::future::pending::<()>().await;
        });
        let router = Router::new().route("/", endless);
        let limits = Limits {
            farewell: Duration::from_millis(50),
            ..Limits::PUBLIC
        };
        let served = tokio::spawn(serve(listener, Site::plain(router, limits), stop, |_, _| ()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        begun.notified().await;
        stopper.stop();
        tokio::time::timeout(Duration::from_secs(30), served)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(read_all(&mut stream).await, "");
    }
}
