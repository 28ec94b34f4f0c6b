//! The wire over HTTP and HTTPS.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::{self, Client as Pool};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{Unreached, Wire};
use crate::carrier::config::InstanceConfig;

/// How long a connection may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept; proxies seldom keep theirs longer than a minute.
const IDLE: Duration = Duration::from_secs(30);
/// The longest response that is read. The verdict on a message takes some hundred bytes; a list of texts that came in takes
/// two hundred for each, and there are seldom thousands.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// The wire to the carriers of `configs`. Where one is spoken to over HTTPS, the certificates are believed that the
/// machine believes.
///
/// # Errors
/// The machine has no certificates, and needs them.
pub fn connect(configs: &[InstanceConfig]) -> io::Result<Arc<dyn Wire>> {
    let urls = configs.iter().filter_map(|config| config.send.url.as_deref());
    if { urls }.any(|url| url.starts_with("https:")) {
        Ok(Arc::new(Client::over_tls()?))
    } else {
        Ok(Arc::new(Client::over(tcp())))
    }
}

/// A client of carriers that keeps its connections open between messages. It follows no redirects.
struct Client<C>(Pool<C, Full<Bytes>>);

impl<C: Connect + Clone> Client<C> {
    fn over(connector: C) -> Self {
        let pool = Pool::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self(pool)
    }
}

impl Client<HttpsConnector<HttpConnector>> {
    fn over_tls() -> io::Result<Self> {
        let mut tcp = tcp();
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self::over(connector))
    }
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECT_DEADLINE));
    tcp.set_nodelay(true);
    tcp
}

#[async_trait]
impl<C: Connect + Clone + Send + Sync + 'static> Wire for Client<C> {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreached> {
        let response = self.0.request(request.map(Full::new)).await;
        let (head, body) = response.map_err(|error| Unreached(reason(&error)))?.into_parts();
        let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await;
        let body = body.map_err(|_| Unreached("the response broke off or is too long".into()))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// Why no response came, down to the cause in the system's words; the client's errors name hosts at most.
fn reason(error: &legacy::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_connect() {
        format!("no connection: {cause}")
    } else {
        format!("no response: {cause}")
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{Method, StatusCode};
    use axum::routing::{any, get};
    use tokio::net::TcpListener;

    use super::*;

    /// A carrier on this machine; its address.
    async fn carrier() -> String {
        let echo = |method: Method, body: Bytes| async move {
            (StatusCode::ACCEPTED, format!("{method} {}", body.len()))
        };
        let router = Router::new()
            .route("/echo", any(echo))
            .route("/long", get(|| async { vec![b'x'; MAX_RESPONSE_BYTES + 1] }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    /// The wire to a carrier under this address.
    fn wire(url: &str) -> Arc<dyn Wire> {
        let mut config = InstanceConfig::default();
        config.send.url = Some(url.into());
        connect(&[config]).unwrap()
    }

    async fn call(uri: String) -> Result<Response<Bytes>, Unreached> {
        let request = Request::post(&uri).body(Bytes::from_static(b"four")).unwrap();
        wire(&uri).call(request).await
    }

    #[tokio::test]
    async fn a_request_arrives_and_its_response_comes_back() {
        let response = call(format!("{}/echo", carrier().await)).await.unwrap();
        assert_eq!(
            (response.status(), &**response.body()),
            (StatusCode::ACCEPTED, &b"POST 4"[..])
        );
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said_without_the_address() {
        let base = carrier().await;
        let get = Request::get(format!("{base}/long?to=77010000001")).body(Bytes::new());
        let long = wire(&base).call(get.unwrap()).await.unwrap_err();
        assert!(long.to_string().contains("too long"), "{long}");
        // No TLS is spoken there, and nothing at all on the other port.
        let plain = base.replace("http:", "https:") + "/echo?to=77010000001";
        for uri in [plain, "http://127.0.0.1:1/?to=77010000001".to_owned()] {
            let error = call(uri).await.unwrap_err().to_string();
            assert!(
                error.starts_with("no connection: ") && !error.contains("7701"),
                "{error}"
            );
        }
    }
}
