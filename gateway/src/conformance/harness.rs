//! A gateway without a network: calls go straight to the router, answers come from a stand-in or the exchange.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use saqta_data::clock::Clock;
use saqta_data::phone::Msisdn;
use tower::ServiceExt;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::carrier::config::InstanceConfig;
use crate::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage, UssdSession,
};
use crate::encoding::Alphabet;
use crate::router::router;
use crate::state::Gateway;

/// A request to an instance, from `sms`, `ussd` or `receipt` on.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path after the instance's name, with its query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn post(target: impl Into<String>, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: Method::POST,
            target: target.into(),
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A response.
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Sends `request` as from a peer on loopback that names the host `localhost`.
pub(crate) async fn send(router: &Router, mut request: Request<Body>) -> Heard {
    request
        .headers_mut()
        .entry("host")
        .or_insert_with(|| "localhost".parse().unwrap());
    if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    Heard {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

/// Sends `call` to the instance at `base` (its name, or name and secret).
pub(crate) async fn call(router: &Router, base: &str, call: &Call) -> Heard {
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(format!("/v1/carriers/{base}/{}", call.target));
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    let request = request.header("content-length", call.body.len());
    send(router, request.body(Body::from(call.body.clone())).unwrap()).await
}

/// Answers each text with itself and remembers what it heard; is silent to names.
#[derive(Default)]
pub(crate) struct Echo {
    pub(crate) sms: Mutex<Vec<IncomingSms>>,
    pub(crate) ussd: Mutex<Vec<IncomingUssd>>,
    /// The sessions that ended or were asked about; all but those named `unknown` were going on.
    pub(crate) sessions: Mutex<Vec<UssdSession>>,
}

impl Echo {
    pub(crate) fn take_sms(&self) -> Vec<IncomingSms> {
        std::mem::take(&mut self.sms.lock().unwrap())
    }
}

pub(crate) fn page(text: &str) -> UssdPage {
    UssdPage {
        text: text.into(),
        end: text.is_empty(),
    }
}

#[async_trait]
impl Answers for Echo {
    async fn sms(&self, _instance: &Instance, sms: IncomingSms) -> Answered<SmsReply> {
        self.sms.lock().unwrap().push(sms.clone());
        let Ok(to) = Msisdn::parse(&sms.from) else {
            return Answered::fresh(SmsReply::Silence);
        };
        assert_ne!(sms.text, "panic");
        let alphabet = if sms.text.is_ascii() {
            Alphabet::Gsm7
        } else {
            Alphabet::Ucs2
        };
        Answered::fresh(SmsReply::Text(OutgoingSms {
            to,
            text: sms.text,
            alphabet,
            parts: 1,
        }))
    }

    async fn ussd(&self, _instance: &Instance, step: IncomingUssd) -> Answered<UssdPage> {
        let answer = page(step.input.text());
        self.ussd.lock().unwrap().push(step);
        Answered::fresh(answer)
    }

    async fn ussd_ended(&self, _instance: &Instance, session: UssdSession) -> bool {
        let known = session.id != "unknown";
        self.sessions.lock().unwrap().push(session);
        known
    }

    async fn ussd_active(&self, instance: &Instance, session: UssdSession) -> bool {
        self.ussd_ended(instance, session).await
    }

    fn late_page(&self, _instance: &Instance) -> UssdPage {
        page("late")
    }
}

/// A router over `configs` with `answers`, at a fixed time.
pub(crate) fn serve(configs: &[InstanceConfig], answers: Arc<dyn Answers>) -> Router {
    router(gateway(configs, answers))
}

pub(crate) fn gateway(configs: &[InstanceConfig], answers: Arc<dyn Answers>) -> Gateway {
    Gateway::new(configs, answers, Clock::manual(super::NOW)).unwrap()
}

/// What is logged at TRACE by this thread until the guard is dropped.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
