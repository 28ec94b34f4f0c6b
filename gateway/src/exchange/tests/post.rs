//! A house whose outbox is emptied, and a carrier that does as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use saqta_data::desk::{DeskError, StatusSms};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Entry, Outcome, Particulars, Subject, Who};
use saqta_data::language::Language::Kazakh;
use saqta_data::phone::Msisdn;
use tokio::task::JoinHandle;

use super::house::*;
use crate::carrier::config::InstanceConfig;
use crate::conformance::harness::Echo;
use crate::exchange::Policy;
use crate::outbox::{Outbox, Unreached, Wire};
use crate::state::Gateway;

/// What a carrier does with a message; `None`: it never answers.
type Next = Option<Result<Response<Bytes>, Unreached>>;

/// A carrier that answers as told, and 200 when it was told nothing.
#[derive(Default)]
pub(super) struct Carrier {
    /// What it answers next.
    pub(super) answers: Mutex<VecDeque<Next>>,
    pub(super) got: Mutex<Vec<serde_json::Value>>,
}

impl Carrier {
    pub(super) fn answer(&self, status: u16, retry_after: Option<&str>) {
        let mut response = Response::builder().status(status);
        if let Some(seconds) = retry_after {
            response = response.header("retry-after", seconds);
        }
        let response = response.body(Bytes::new()).unwrap();
        self.answers.lock().unwrap().push_back(Some(Ok(response)));
    }

    pub(super) fn be_away(&self, times: usize) {
        let away = std::iter::repeat_n(Some(Err(Unreached("no connection".into()))), times);
        self.answers.lock().unwrap().extend(away);
    }

    pub(super) fn calls(&self) -> usize {
        self.got.lock().unwrap().len()
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let got = self.got.lock().unwrap();
        got.iter()
            .map(|sms| sms["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[async_trait]
impl Wire for Carrier {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreached> {
        // Of a carrier that wants forms nothing is looked at.
        let sms = serde_json::from_slice(request.body()).unwrap_or_default();
        self.got.lock().unwrap().push(sms);
        let answer = self.answers.lock().unwrap().pop_front();
        match answer.unwrap_or_else(|| Some(Ok(Response::new(Bytes::new())))) {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

pub(super) fn sandbox(name: &str) -> InstanceConfig {
    let mut config = InstanceConfig {
        name: name.into(),
        kind: "sandbox".into(),
        sandbox: true,
        ..InstanceConfig::default()
    };
    config.send.url = Some("http://127.0.0.1:9/inbox".into());
    config
}

/// A house whose outbox is emptied by workers.
pub(super) struct Post {
    pub(super) house: House,
    pub(super) carrier: Arc<Carrier>,
    pub(super) gateway: Gateway,
}

impl Post {
    pub(super) async fn new() -> Self {
        Self::over(House::new().await)
    }

    pub(super) async fn with(policy: Policy) -> Self {
        Self::over(House::with(policy).await)
    }

    fn over(house: House) -> Self {
        let configs = [sandbox("sandbox"), sandbox("other")];
        let gateway = Gateway::new(&configs, Arc::new(Echo::default()), house.clock.clone()).unwrap();
        let carrier = Arc::new(Carrier::default());
        Self {
            house,
            carrier,
            gateway,
        }
    }

    pub(super) fn outbox(&self) -> &Arc<Outbox> {
        self.house.exchange.outbox()
    }

    pub(super) fn start(&self) -> JoinHandle<()> {
        let outbox = self.outbox().clone();
        tokio::spawn(outbox.deliver(self.gateway.clone(), self.carrier.clone()))
    }

    /// An operator looks at the status and sends it.
    pub(super) async fn send(&self, iin: &str, phone: &str) -> Result<(), DeskError> {
        let seen = self.preview(iin, phone).await?;
        self.send_seen(iin, phone, &seen.text).await
    }

    /// An operator sends the status, having seen such a text.
    pub(super) async fn send_seen(&self, iin: &str, phone: &str, seen: &str) -> Result<(), DeskError> {
        let (iin, phone) = (Iin::parse(iin).unwrap(), Msisdn::parse(phone).unwrap());
        let entry = Entry {
            at: self.house.clock.now(),
            door: Door::Console,
            who: Who::Operator("aigul".into()),
            subject: Some(Subject::of(iin)),
            outcome: Outcome::Full,
            topic: "send-status".into(),
            language: Kazakh,
            took_us: 1,
            particulars: Particulars {
                phone: Some(phone),
                ..Particulars::default()
            },
        };
        let instances = self.gateway.instances();
        self.house
            .exchange
            .send_status(&instances, (iin, phone), seen, entry)
            .await
    }

    /// What [`send`](Self::send) would send.
    pub(super) async fn preview(&self, iin: &str, phone: &str) -> Result<StatusSms, DeskError> {
        let (iin, phone) = (Iin::parse(iin).unwrap(), Msisdn::parse(phone).unwrap());
        let instances = self.gateway.instances();
        self.house.exchange.status_sms(&instances, iin, phone).await
    }

    /// Lets so much time pass, on both clocks.
    pub(super) async fn pass(&self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.house.clock.advance(Duration::from_millis(100));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waiting and dead of the first instance.
    pub(super) fn figures(&self) -> (u64, u64) {
        let mut figures = self.gateway.figures();
        self.outbox().complete(&mut figures);
        (figures[0].waiting, figures[0].dead)
    }
}
