//! USSD of Infobip: `session/{id}/start`, `response`, `end` and `status` below our address. What goes wrong is told by
//! `responseExitCode` under the status 200. The first reply is shown as a menu, whatever `shouldClose` says.
//!
//! A response in a session that we do not know gets the start page: its citizen waits for a page, not for an error.

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::carrier::adapter::Webhook;
use crate::carrier::ussd::Object;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession};
use crate::error::Refusal;

/// The exit code of what went well.
const DONE: u16 = 200;
/// The exit code of what did not.
const REFUSED: u16 = 400;

/// The session and what is to be done, of a path below our address.
fn parts(tail: &str) -> Option<(&str, &str)> {
    let (id, action) = tail.strip_prefix("session/")?.split_once('/')?;
    (!id.is_empty()).then_some((id, action))
}

pub(super) fn methods(tail: &str) -> &'static [Method] {
    match parts(tail) {
        Some((_, "start" | "response")) => &[Method::POST],
        Some((_, "end")) => &[Method::PUT],
        Some((_, "status")) => &[Method::GET],
        _ => &[],
    }
}

pub(super) fn call(request: &Webhook) -> Result<UssdCall, Refusal> {
    let (id, action) = parts(request.tail()).ok_or(Refusal::NotOffered)?;
    let session = |from| UssdSession { id: id.into(), from };
    match action {
        "end" => return Ok(UssdCall::End(session(None))),
        "status" => return Ok(UssdCall::Query(session(None))),
        _ => {}
    }
    let body = Object::parse(&request.body)?;
    let from = body.required("msisdn")?;
    let text = body.text("text")?;
    let text = text.ok_or_else(|| Refusal::malformed("the field text is missing"))?;
    // Documented as mandatory, and missing at times.
    let code = body.text("shortCode")?.unwrap_or_default();
    let input = match action {
        "start" if text.is_empty() => UssdInput::Dialled(code.clone()),
        "start" => UssdInput::Dialled(text),
        _ => UssdInput::Typed(text),
    };
    Ok(UssdCall::Step(IncomingUssd {
        session: session(Some(from)),
        code,
        input,
        step: None,
    }))
}

pub(super) fn answer(reply: &UssdReply) -> Response {
    let body = match reply {
        UssdReply::Page(page) => json!({
            "ussdMenu": page.text,
            "shouldClose": page.end,
            "responseExitCode": DONE,
            "responseMessage": "",
        }),
        UssdReply::Active(active) => json!({
            "sessionActive": active,
            "responseExitCode": DONE,
            "responseMessage": "",
        }),
        UssdReply::Ended(false) => exit(REFUSED, "no such session goes on"),
        UssdReply::Ended(true) | UssdReply::Nothing => exit(DONE, ""),
    };
    Json(body).into_response()
}

pub(super) fn refuse(refusal: &Refusal) -> Response {
    let Refusal::Malformed(reason) = refusal else {
        return refusal.into_response();
    };
    let mut response = Json(exit(REFUSED, reason)).into_response();
    response.extensions_mut().insert(refusal.clone());
    response
}

fn exit(code: u16, message: &str) -> serde_json::Value {
    json!({"responseExitCode": code, "responseMessage": message})
}
