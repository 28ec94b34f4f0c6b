//! Where the invented handsets get SMS that are no answers: what the demo's sandbox sends them to.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use saqta_data::phone::Msisdn;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::handset::Received;
use crate::listen::{Limits, Site, Stopper, serve};

/// SMS that lie unread; further ones are refused.
const MAX_UNREAD: usize = 100;
/// How long the story waits for one: the worker of the outbox sends at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// The handsets' side.
pub(super) struct Inbox {
    /// Where the sandbox posts to.
    pub(super) url: String,
    arrivals: mpsc::Receiver<Arrived>,
    /// Ends the listener when it is dropped.
    _stopper: Stopper,
}

/// An SMS that arrived.
pub(super) struct Arrived {
    pub(super) to: Msisdn,
    pub(super) message: Received,
}

#[derive(Deserialize)]
struct Sms {
    to: String,
    #[serde(flatten)]
    message: Received,
}

impl Inbox {
    /// An inbox on a free port of this machine.
    pub(super) async fn open() -> Result<Self, Failure> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let url = format!("http://{}/inbox", listener.local_addr()?);
        let (sender, arrivals) = mpsc::channel(MAX_UNREAD);
        let router = Router::new().route("/inbox", post(take)).with_state(sender);
        let (stopper, stop) = Stopper::new();
        tokio::spawn(serve(
            listener,
            Site::plain(router, Limits::PUBLIC),
            stop,
            |_, _| (),
        ));
        Ok(Self {
            url,
            arrivals,
            _stopper: stopper,
        })
    }

    /// The next SMS.
    pub(super) async fn next(&mut self) -> Option<Arrived> {
        self.arrivals.recv().await
    }

    /// The next SMS to `phone`; those to others are passed over.
    pub(super) async fn arrival_at(&mut self, phone: Msisdn) -> Result<Received, Failure> {
        let arrival = async {
            loop {
                match self.next().await {
                    Some(arrived) if arrived.to == phone => return Some(arrived.message),
                    Some(_) => {}
                    None => return None,
                }
            }
        };
        let arrived = timeout(PATIENCE, arrival).await.ok().flatten();
        arrived.ok_or_else(|| Failure::new("an SMS of the demo did not arrive"))
    }
}

async fn take(State(arrivals): State<mpsc::Sender<Arrived>>, Json(sms): Json<Sms>) -> StatusCode {
    let Ok(to) = Msisdn::parse(&sms.to) else {
        return StatusCode::BAD_REQUEST;
    };
    let message = sms.message;
    match arrivals.try_send(Arrived { to, message }) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
