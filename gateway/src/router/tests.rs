use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use hyper::body::Frame;
use serde_json::json;

use super::*;
use crate::carrier::config::{InstanceConfig, Secret};
use crate::carrier::{Answered, Answers, IncomingSms, IncomingUssd, Instance, SmsReply, UssdPage};
use crate::carriers::sandboxes;
use crate::conformance::harness::{Call, Echo, Heard, Log, call, gateway, page, send, serve};

const SECRET: &str = "correct-horse-battery";

fn text(text: &str) -> Call {
    let body = json!({"id": "m1", "from": "+77010000001", "to": "1414", "text": text});
    Call::post("sms", "application/json", body.to_string())
}

fn dial() -> Call {
    let body = json!({"session": "s", "from": "+77010000001", "code": "*1414#", "input": "1", "step": 0});
    Call::post("ussd", "application/json", body.to_string())
}

fn sandbox() -> Router {
    serve(&sandboxes(), Arc::new(Echo::default()))
}

fn assert_refused(heard: &Heard, status: StatusCode, error: &str) {
    assert_eq!(heard.status, status);
    assert_eq!(heard.json(), json!({ "error": error }));
}

async fn get(router: &Router, uri: &str) -> Heard {
    send(router, Request::get(uri).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_is_not_there_is_said_in_json() {
    let router = sandbox();
    assert_refused(
        &call(&router, "nobody", &text("a")).await,
        StatusCode::NOT_FOUND,
        "no such carrier",
    );
    assert_refused(
        &call(&router, "%ff", &text("a")).await,
        StatusCode::NOT_FOUND,
        "no such carrier",
    );
    for path in [
        "/",
        "/v1/carriers/sandbox",
        "/v1/carriers/sandbox/sms/",
        "/healthz",
        "/metrics",
    ] {
        assert_refused(&get(&router, path).await, StatusCode::NOT_FOUND, "no such path");
    }
    let below = Call {
        target: "ussd/session/1/start".into(),
        ..text("a")
    };
    let hubtel = InstanceConfig {
        name: "h".into(),
        kind: "hubtel".into(),
        ..InstanceConfig::default()
    };
    let others = serve(&[hubtel], Arc::new(Echo::default()));
    for (router, name, request) in [
        (&router, "sandbox", &below),
        (&others, "h", &text("a")),
        (&others, "h", &below),
    ] {
        let heard = call(router, name, request).await;
        let offered = "the carrier does not offer this service";
        assert_refused(&heard, StatusCode::NOT_FOUND, offered);
    }
}

#[tokio::test]
async fn the_sandbox_is_for_this_machine_only() {
    let router = sandbox();
    assert_eq!(call(&router, "sandbox", &text("a")).await.status, StatusCode::OK);
    for (name, value) in [
        ("host", "saqta.example.kz"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=::1"),
    ] {
        for base in ["sandbox", "kannel"] {
            let heard = call(&router, base, &text("a").header(name, value)).await;
            assert_refused(&heard, StatusCode::FORBIDDEN, "not allowed");
        }
    }
}

#[tokio::test]
async fn a_secret_path_needs_its_secret() {
    let config = InstanceConfig {
        name: "tw".into(),
        kind: "sandbox".into(),
        path_secret: Some(Secret::new(SECRET)),
        ..InstanceConfig::default()
    };
    let echo = Arc::new(Echo::default());
    let router = serve(&[config], echo.clone());
    for base in [
        "tw",
        "tw/wrong",
        "tw/correct-horse-batter",
        "tw/correct-horse-battery%20",
    ] {
        assert_refused(
            &call(&router, base, &text("a")).await,
            StatusCode::FORBIDDEN,
            "not allowed",
        );
    }
    assert!(echo.take_sms().is_empty());
    assert_eq!(
        call(&router, &format!("tw/{SECRET}"), &text("a")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn overlong_addresses_and_headers_are_refused() {
    let router = sandbox();
    let long = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert_refused(
        &get(&router, &long(MAX_URI_BYTES)).await,
        StatusCode::NOT_FOUND,
        "no such path",
    );
    assert_refused(
        &get(&router, &long(MAX_URI_BYTES + 1)).await,
        StatusCode::URI_TOO_LONG,
        "the address is too long",
    );
    let large = text("a").header("x-large", "a".repeat(MAX_HEADER_BYTES));
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    assert_refused(
        &call(&router, "sandbox", &large).await,
        status,
        "the headers are too large",
    );
}

#[tokio::test]
async fn a_body_without_a_length_is_limited_too() {
    let (heard, _) = post(8, true, None).await;
    assert_eq!(heard.status, StatusCode::BAD_REQUEST);
    let (heard, _) = post(9, true, None).await;
    assert_refused(&heard, StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
}

#[tokio::test]
async fn a_large_body_is_read_to_its_end_so_that_its_sender_hears_why_but_not_for_ever() {
    for (frames, length) in [(1_200, Some(1_200 * 8192)), (1_200, None)] {
        let (heard, left) = post(frames, true, length).await;
        assert_eq!((heard.status, left), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    }
    let (heard, left) = post(4_000, true, Some(4_000 * 8192)).await;
    assert_eq!(heard.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(left > 1_000, "{left}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_given_up() {
    let (heard, _) = post(1, false, None).await;
    assert_refused(&heard, StatusCode::REQUEST_TIMEOUT, "the body did not arrive");
}

#[tokio::test]
async fn beyond_the_most_at_once_carriers_are_told_to_come_again() {
    let gateway = gateway(&sandboxes(), Arc::new(Echo::default()));
    let slots: Vec<_> = std::iter::repeat_with(|| gateway.slot())
        .take_while(Result::is_ok)
        .collect();
    assert_eq!(slots.len(), crate::state::MAX_IN_FLIGHT);
    let router = router(gateway.clone());
    for base in ["sandbox", "kannel"] {
        let heard = call(&router, base, &text("a")).await;
        assert_refused(&heard, StatusCode::SERVICE_UNAVAILABLE, "busy; try again");
        assert_eq!(heard.header("retry-after"), Some("1"));
    }
    drop(slots);
    assert_eq!(call(&router, "sandbox", &text("a")).await.status, StatusCode::OK);
}

/// Never answers.
struct Mute;

#[async_trait]
impl Answers for Mute {
    async fn sms(&self, _: &Instance, _: IncomingSms) -> Answered<SmsReply> {
        std::future::pending().await
    }

    async fn ussd(&self, _: &Instance, _: IncomingUssd) -> Answered<UssdPage> {
        std::future::pending().await
    }

    fn late_page(&self, _: &Instance) -> UssdPage {
        UssdPage {
            end: true,
            ..page("later")
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_page_is_the_last_and_a_late_sms_is_asked_for_again() {
    let router = serve(&sandboxes(), Arc::new(Mute));
    let begun = tokio::time::Instant::now();
    let heard = call(&router, "sandbox", &dial()).await;
    assert_eq!(
        (heard.status, heard.json()),
        (StatusCode::OK, json!({"text": "later", "end": true}))
    );
    assert_eq!(begun.elapsed().as_secs(), 2);
    let heard = call(&router, "sandbox", &text("a")).await;
    assert_refused(&heard, StatusCode::SERVICE_UNAVAILABLE, "busy; try again");
    assert_eq!(begun.elapsed().as_secs(), 4);
}

#[tokio::test]
async fn a_panic_is_one_bland_answer() {
    let log = Log::default();
    let guard = log.capture();
    let router = sandbox();
    let error = "something went wrong here; try again";
    assert_refused(
        &call(&router, "sandbox", &text("panic")).await,
        StatusCode::INTERNAL_SERVER_ERROR,
        error,
    );
    assert_eq!(call(&router, "sandbox", &text("a")).await.status, StatusCode::OK);
    drop(guard);
    assert!(log.text().contains("a panic"), "{}", log.text());
}

/// A body of so many frames of 8 KiB without a stated length, which ends or never does.
struct Frames {
    left: Arc<AtomicUsize>,
    ends: bool,
}

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match (self.left.load(Ordering::Relaxed), self.ends) {
            (0, true) => Poll::Ready(None),
            (0, false) => Poll::Pending,
            _ => {
                self.left.fetch_sub(1, Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 8192])))))
            }
        }
    }
}

/// Sends so many frames; says what was heard and how many were left unread.
async fn post(frames: usize, ends: bool, length: Option<usize>) -> (Heard, usize) {
    let left = Arc::new(AtomicUsize::new(frames));
    let body = Frames {
        left: Arc::clone(&left),
        ends,
    };
    let mut request = Request::post("/v1/carriers/sandbox/sms").header("content-type", "application/json");
    if let Some(length) = length {
        request = request.header("content-length", length);
    }
    let heard = send(&sandbox(), request.body(Body::new(body)).unwrap()).await;
    (heard, left.load(Ordering::Relaxed))
}

#[tokio::test]
async fn what_needs_no_proof_is_logged_once_a_minute_for_a_source() {
    let log = Log::default();
    let guard = log.capture();
    let router = sandbox();
    for peer in [1, 2] {
        for path in [
            "/".to_owned(),
            "/v1/carriers/nobody/sms".to_owned(),
            "/x".repeat(20_000),
        ] {
            for _ in 0..20 {
                let mut request = Request::get(&path).body(Body::empty()).unwrap();
                let peer = SocketAddr::from(([192, 0, 2, peer], 9));
                request.extensions_mut().insert(ConnectInfo(peer));
                assert!(send(&router, request).await.status.is_client_error());
            }
        }
    }
    drop(guard);
    let log = log.text();
    for told in ["no such path", "no such carrier", "the address is too long"] {
        assert_eq!(
            log.matches(&format!("refused: {told}")).count(),
            2,
            "{told} in {log}"
        );
    }
    assert!(log.contains("192.0.2.2"), "{log}");
}

#[tokio::test]
async fn carriers_behind_one_proxy_are_told_of_each_by_itself() {
    let log = Log::default();
    let guard = log.capture();
    let router = sandbox();
    for name in ["sandbox", "kannel"] {
        for _ in 0..20 {
            let uri = format!("/v1/carriers/{name}/a-secret-that-is-none/sms");
            let request = Request::post(uri).body(Body::empty()).unwrap();
            assert_eq!(send(&router, request).await.status, StatusCode::FORBIDDEN);
        }
    }
    drop(guard);
    let log = log.text();
    assert_eq!(log.matches("refused: not allowed").count(), 2, "{log}");
}
