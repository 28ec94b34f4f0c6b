//! The carrier's sessions, one after the other: `51` goes on, `unknown` does not.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::conformance::harness::{Call, Echo, Heard, call, serve};
use crate::conformance::{Case, Handset, IIN, Said};

fn post(target: &str, body: &Value) -> Call {
    Call::post(
        format!("ussd/session/{target}"),
        "application/json",
        body.to_string(),
    )
}

fn body(text: &str) -> Value {
    json!({"msisdn": "77010000001", "imsi": "401020000000001", "text": text, "shortCode": "*1414#",
           "ussdGwId": "live2"})
}

pub(super) fn step(handset: &Handset) -> Call {
    let action = if handset.is_start() { "start" } else { "response" };
    post(&format!("{}/{action}", handset.session), &body(&handset.input()))
}

pub(super) fn read(heard: &Heard) -> Said {
    let said = heard.json();
    if heard.status != StatusCode::OK {
        return Said::Refused(said["error"].as_str().unwrap().to_owned());
    }
    let message = said["responseMessage"].as_str().unwrap();
    if said["responseExitCode"] != 200 {
        assert_eq!(said["responseExitCode"], 400);
        return Said::Refused(message.to_owned());
    }
    assert_eq!(message, "");
    let Some(text) = said["ussdMenu"].as_str() else {
        return match said["sessionActive"].as_bool() {
            Some(active) => Said::Text(format!("active: {active}")),
            None => Said::Nothing,
        };
    };
    assert_eq!(said["shouldClose"], text.is_empty());
    Said::Text(text.to_owned())
}

pub(super) fn table() -> Vec<Case> {
    let without = |name: &str| {
        let mut body = body("1");
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let put = |session: &str| Call {
        method: Method::PUT,
        ..post(&format!("{session}/end"), &json!({"reason": "", "exitCode": 200}))
    };
    let status = |session: &str| Call::get(format!("ussd/session/{session}/status"));
    let code = format!("*1414*{IIN}#");
    vec![
        Case::text("start", post("51/start", &body("*1414#")), "*1414#"),
        Case::text("start twice", post("51/start", &body("*1414#")), "*1414#"),
        Case::text("deep dial", post("51/start", &body(&code)), &code),
        Case::text(
            "start without a text to read",
            post("51/start", &body("")),
            "*1414#",
        ),
        Case::text(
            "start without a short code",
            post("51/start", &without("shortCode")),
            "1",
        ),
        Case::text("response", post("51/response", &body("1")), "1"),
        Case::text("response with close", post("51/response", &body("")), ""),
        // Its page is the start page: `an_input_in_a_session_never_seen_gets_the_start_page`.
        Case::text(
            "response for an unknown session",
            post("unknown/response", &body("1")),
            "1",
        ),
        Case::nothing("end", put("51")),
        Case::refused("end for an unknown session", put("unknown"), "no such session"),
        Case::text("status of an active session", status("51"), "active: true"),
        Case::text(
            "status of an inactive session",
            status("unknown"),
            "active: false",
        ),
        Case::refused(
            "start that is not JSON",
            Call::post("ussd/session/1/start", "text/plain", "not json"),
            "JSON",
        ),
        Case::refused(
            "start without msisdn",
            post("51/start", &without("msisdn")),
            "msisdn",
        ),
        Case::refused("start without text", post("51/start", &without("text")), "text"),
        Case::refused(
            "response without msisdn",
            post("51/response", &without("msisdn")),
            "msisdn",
        ),
        Case::refused(
            "response without text",
            post("51/response", &without("text")),
            "text",
        ),
        Case::refused("another action", post("51/pause", &body("1")), "does not offer"),
        Case::refused("no action", post("51", &body("1")), "does not offer"),
        Case::refused("no session", post("/start", &body("1")), "does not offer"),
    ]
}

#[tokio::test]
async fn the_paths_are_served_with_and_without_a_secret() {
    let open = crate::carrier::config::InstanceConfig {
        name: "i".into(),
        kind: "infobip".into(),
        ..Default::default()
    };
    let secret = crate::carrier::config::InstanceConfig {
        name: "s".into(),
        path_secret: Some(crate::carrier::config::Secret::new("correct-horse")),
        ..open.clone()
    };
    let echo = std::sync::Arc::new(Echo::default());
    let router = serve(&[open, secret], echo.clone());
    let start = post("51/start", &body("*1414#"));
    for (base, status) in [
        ("i", StatusCode::OK),
        ("s/correct-horse", StatusCode::OK),
        ("s", StatusCode::FORBIDDEN),
        ("s/wrong-horse", StatusCode::FORBIDDEN),
        ("i/correct-horse", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(call(&router, base, &start).await.status, status, "{base}");
    }
    assert_eq!(echo.ussd.lock().unwrap().len(), 2);
    let end = Call {
        method: Method::POST,
        ..post("51/end", &json!({}))
    };
    let heard = call(&router, "i", &end).await;
    assert_eq!(
        (heard.status, heard.header("allow")),
        (StatusCode::METHOD_NOT_ALLOWED, Some("PUT"))
    );
}
