//! A telephone for the terminal: sends SMS and dials through the sandbox's JSON of a running server.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use saqta_data::phone::Msisdn;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

use crate::failure::Failure;

/// The largest answer: three SMS parts or a USSD page fit many times.
const MAX_ANSWER_BYTES: usize = 64 << 10;
/// How long a phone waits for its answer.
const DEADLINE: Duration = Duration::from_secs(20);

/// A phone connected to a carrier instance of a server.
#[derive(Clone, Debug)]
pub(crate) struct Handset {
    authority: String,
    /// `/v1/carriers/NAME`, behind the path of the URL if it has one.
    path: String,
    from: Msisdn,
}

/// A message that came back.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Received {
    pub(crate) text: String,
    /// `gsm7` or `ucs2`.
    pub(crate) encoding: String,
    pub(crate) parts: u32,
}

/// A USSD page that came back.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Screen {
    pub(crate) text: String,
    /// True if the session is over.
    pub(crate) end: bool,
}

/// A USSD session under way.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    id: String,
    code: String,
    step: u32,
}

#[derive(Serialize)]
struct SmsQuestion<'a> {
    id: String,
    from: String,
    to: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
struct SmsAnswer {
    messages: Vec<Received>,
}

#[derive(Serialize)]
struct UssdQuestion<'a> {
    session: &'a str,
    from: String,
    code: &'a str,
    input: &'a str,
    step: u32,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

// Texts to and from citizens hold IINs: no derived `Debug`.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Received(..)")
    }
}

impl Session {
    /// A session that begins by dialling `code`.
    pub(crate) fn new(code: &str) -> Self {
        Self {
            id: fresh_id(),
            code: code.to_owned(),
            step: 0,
        }
    }
}

/// An id that no other message has.
pub(crate) fn fresh_id() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

impl Handset {
    /// The phone `from`, connected to instance `carrier` of the server at `url` (`http://HOST:PORT`).
    pub(crate) fn new(url: &str, carrier: &str, from: &str) -> Result<Self, Failure> {
        let uri: Uri = url
            .parse()
            .map_err(|_| Failure::of(url, "a URL looks like http://127.0.0.1:8414"))?;
        let authority = uri
            .authority()
            .ok_or_else(|| Failure::of(url, "there is no host in it"))?;
        if uri.scheme_str() != Some("http") {
            return Err(Failure::of(
                url,
                "only http:// is spoken here; use a tunnel to a server behind TLS",
            ));
        }
        let from = Msisdn::parse(from).map_err(|e| Failure::of("--from", e))?;
        let port = uri.port_u16().unwrap_or(80);
        Ok(Self {
            authority: format!("{}:{port}", authority.host()),
            path: format!("{}/v1/carriers/{carrier}", uri.path().trim_end_matches('/')),
            from,
        })
    }

    /// The same connection with another number.
    pub(crate) fn of(&self, from: Msisdn) -> Self {
        Self { from, ..self.clone() }
    }

    /// Sends an SMS to `to`; the messages that come back.
    pub(crate) async fn text(&self, to: &str, text: &str) -> Result<Vec<Received>, Failure> {
        let question = SmsQuestion {
            id: fresh_id(),
            from: self.from.reveal(),
            to,
            text,
        };
        let answer: SmsAnswer = self.ask("sms", &question).await?;
        Ok(answer.messages)
    }

    /// Dials, or types `input` on the page shown; the next page.
    pub(crate) async fn press(&self, session: &mut Session, input: &str) -> Result<Screen, Failure> {
        let question = UssdQuestion {
            session: &session.id,
            from: self.from.reveal(),
            code: &session.code,
            input,
            step: session.step,
        };
        let screen = self.ask("ussd", &question).await?;
        session.step += 1;
        Ok(screen)
    }

    async fn ask<T: DeserializeOwned>(&self, what: &str, question: &impl Serialize) -> Result<T, Failure> {
        let body = serde_json::to_vec(question)?;
        let server = format!("http://{}", self.authority);
        let exchanged = tokio::time::timeout(DEADLINE, self.exchange(what, body.into())).await;
        let (status, body) = exchanged
            .map_err(|_| Failure::of(&server, "no answer in 20 seconds"))?
            .map_err(|reason| Failure::of(&server, reason))?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body)
                .map_err(|_| Failure::of(&server, "this carrier does not speak the sandbox's JSON"));
        }
        let reason = match serde_json::from_slice(&body) {
            Ok(Refusal { error }) => error,
            Err(_) if status == StatusCode::NOT_FOUND => "there is no such carrier".to_owned(),
            Err(_) => "refused".to_owned(),
        };
        Err(Failure::of(
            server,
            format_args!("{reason} ({})", status.as_u16()),
        ))
    }

    async fn exchange(&self, what: &str, body: Bytes) -> Result<(StatusCode, Bytes), String> {
        let stream = TcpStream::connect(&self.authority)
            .await
            .map_err(|e| format!("{e}; is `saqta serve --sandbox` running there?"))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| e.to_string())?;
        // Ends when the sender is dropped; what goes wrong shows at the sender.
        tokio::spawn(async move { connection.await.unwrap_or_default() });
        let request = Request::post(format!("{}/{what}", self.path))
            .header("host", &self.authority)
            .header("content-type", "application/json")
            .body(Full::new(body))
            .map_err(|e| e.to_string())?;
        let response = sender.send_request(request).await.map_err(|e| e.to_string())?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await;
        Ok((status, body.map_err(|e| e.to_string())?.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;
    use crate::listen::{Limits, Site, Stopper, serve};

    async fn server() -> (String, Stopper) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/carriers/sandbox/sms", post(|Json(asked): Json<Value>| async move {
                Json(json!({"messages": [{"to": asked["from"], "text": asked["text"], "encoding": "gsm7", "parts": 1}]}))
            }))
            .route("/v1/carriers/sandbox/ussd", post(|Json(asked): Json<Value>| async move {
                let step = asked["step"].as_u64().unwrap();
                Json(json!({"text": format!("{} {} {step}", asked["code"], asked["input"]), "end": step == 1}))
            }))
            .route("/v1/carriers/strict/sms", post(|| async {
                (StatusCode::BAD_REQUEST, Json(json!({"error": "`text` is missing"})))
            }));
        let (stopper, stop) = Stopper::new();
        tokio::spawn(serve(
            listener,
            Site::plain(router, Limits::PUBLIC),
            stop,
            |_, _| (),
        ));
        (url, stopper)
    }

    #[tokio::test]
    async fn a_text_and_a_session_travel() {
        let (url, _stopper) = server().await;
        let phone = Handset::new(&url, "sandbox", "87010000001").unwrap();
        let messages = phone.text("1414", "HELP").await.unwrap();
        assert_eq!((messages[0].text.as_str(), messages[0].parts), ("HELP", 1));
        let mut session = Session::new("*1414#");
        let first = phone.press(&mut session, "").await.unwrap();
        assert_eq!((first.text.as_str(), first.end), ("\"*1414#\" \"\" 0", false));
        let second = phone.press(&mut session, "1").await.unwrap();
        assert_eq!((second.text.as_str(), second.end), ("\"*1414#\" \"1\" 1", true));
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said_in_a_line() {
        let (url, _stopper) = server().await;
        let said = async |carrier: &str| {
            let phone = Handset::new(&url, carrier, "87010000001").unwrap();
            phone.text("1414", "HELP").await.unwrap_err().to_string()
        };
        assert!(said("nobody").await.ends_with("there is no such carrier (404)"));
        assert!(said("strict").await.ends_with("`text` is missing (400)"));
        let nowhere = Handset::new("http://127.0.0.1:1", "sandbox", "87010000001").unwrap();
        assert!(
            nowhere
                .text("1414", "x")
                .await
                .unwrap_err()
                .to_string()
                .contains("is `saqta serve")
        );
    }

    #[test]
    fn addresses_that_cannot_work_are_refused() {
        for url in ["https://example.kz", "127.0.0.1:8414", "/x", "ftp://x", "http://"] {
            assert!(Handset::new(url, "sandbox", "87010000001").is_err(), "{url}");
        }
        assert!(Handset::new("http://127.0.0.1", "sandbox", "1414").is_err());
    }
}
