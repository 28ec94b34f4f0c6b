//! Texts whose callbacks were lost: the carrier is asked for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use saqta_data::office::Retention;
use saqta_data::store::Tree;
use serde_json::json;

use super::house::*;
use crate::carrier::config::{InstanceConfig, Secret};
use crate::carrier::wire::Fields;
use crate::carrier::{Answered, Answers, Course, IncomingSms, Instance, SmsReply};
use crate::conformance::harness::Log;
use crate::exchange::{Exchange, Policy};
use crate::outbox::{Unreached, Wire};
use crate::poller::Poller;
use crate::state::Gateway;

/// smsc, which lists what it is told to.
#[derive(Default)]
struct Smsc {
    lists: Mutex<VecDeque<String>>,
    /// What each question named: `after_id` or `hour`.
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Wire for Smsc {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreached> {
        assert_eq!(request.uri(), "https://smsc.kz/sys/get.php");
        let fields = Fields::parse(request.body()).unwrap();
        let asked = match fields.text("after_id").unwrap() {
            Some(after) => after,
            None => format!("hour={}", fields.required("hour").unwrap()),
        };
        self.asked.lock().unwrap().push(asked);
        let list = self.lists.lock().unwrap().pop_front();
        list.map(|list| Response::new(Bytes::from(list)))
            .ok_or_else(|| Unreached("no connection".into()))
    }
}

/// A house that asks smsc.
struct Asking {
    house: House,
    exchange: Arc<Exchange>,
    gateway: Gateway,
    smsc: Arc<Smsc>,
    config: InstanceConfig,
}

impl Asking {
    async fn new() -> Self {
        let house = House::new().await;
        let (office, voice) = (house.office.clone(), house.voice.clone());
        let exchange = Arc::new(Exchange::new(office, voice, Policy::default()));
        let mut config = InstanceConfig {
            name: "smsc".into(),
            kind: "smsc".into(),
            path_secret: Some(Secret::new("correct-horse-battery")),
            poll_seconds: Some(60),
            ..InstanceConfig::default()
        };
        config.send.url = Some("https://smsc.kz/sys/send.php".into());
        config.send.password = Some(Secret::new("key"));
        let configs = [config.clone()];
        let gateway = Gateway::new(&configs, exchange.clone(), house.clock.clone()).unwrap();
        Self {
            house,
            exchange,
            gateway,
            smsc: Arc::default(),
            config,
        }
    }

    /// A poller as after a start.
    fn poller(&self) -> Poller {
        let wire: Arc<dyn Wire> = self.smsc.clone();
        let configs = [self.config.clone(), sandbox_that_is_not_asked()];
        let pollers = Poller::each(&configs, &self.gateway, &self.house.office, &wire);
        let [poller] = pollers.try_into().unwrap_or_else(|_| panic!("one is asked"));
        poller
    }

    fn list(&self, texts: &[(u64, &str, &str)]) {
        let text = |(id, phone, text): &(u64, &str, &str)| {
            json!({"id": id, "received": "03.08.2026 12:00:00", "phone": phone.trim_start_matches('+'),
                   "message": text, "to_phone": "77000000000", "sent": "03.08.2026 11:59:58"})
        };
        let list: Vec<_> = texts.iter().map(text).collect();
        let list = serde_json::Value::from(list).to_string();
        self.smsc.lists.lock().unwrap().push_back(list);
    }

    /// The same text by its callback.
    async fn callback(&self, id: &str, from: &str, text: &str) -> Answered<SmsReply> {
        let instance: Vec<Instance> = self.gateway.instances();
        self.exchange
            .sms(&instance[0], incoming(Some(id), from, text))
            .await
    }

    /// To whom answers are on their way, oldest first.
    async fn answered(&self) -> Vec<String> {
        let letters = self.house.letters().await;
        letters.iter().map(|letter| letter.sms.to.reveal()).collect()
    }

    fn asked(&self) -> Vec<String> {
        self.smsc.asked.lock().unwrap().clone()
    }

    /// Messages counted in the last hour.
    fn messages(&self) -> u32 {
        let figures = self.gateway.figures();
        figures[0].minutes.iter().map(|minute| minute.received).sum()
    }
}

fn sandbox_that_is_not_asked() -> InstanceConfig {
    InstanceConfig {
        name: "sandbox".into(),
        kind: "sandbox".into(),
        ..InstanceConfig::default()
    }
}

#[tokio::test]
async fn a_text_that_came_by_callback_and_one_that_was_lost_have_one_answer_each() {
    let asking = Asking::new().await;
    let came = asking.callback("7", "77010000001", INSURED).await;
    assert_eq!(came.course, Course::Fresh);
    let mut poller = asking.poller();
    // In any order.
    asking.list(&[(8, FAMILY, CHILD), (7, OWN, INSURED)]);
    poller.ask().await;
    assert_eq!(asking.answered().await, [OWN, FAMILY]);
    assert_eq!(asking.house.journal().await.len(), 2);
    // Only what was lost counts as a message that the gateway heard.
    assert_eq!(asking.messages(), 1);
    // A callback that comes after all is a repetition.
    let late = asking.callback("8", "77010000002", CHILD).await;
    assert_eq!(late.course, Course::Repeated);
    asking.list(&[]);
    poller.ask().await;
    assert_eq!(asking.answered().await.len(), 2);
    assert_eq!(asking.asked(), ["hour=1", "8"]);
}

#[tokio::test]
async fn ids_of_a_list_are_the_carriers_own_where_those_of_callbacks_prove_nothing() {
    let mut asking = Asking::new().await;
    asking.config.path_secret = None;
    asking.config.secrets = vec![Secret::new("s3cret")];
    asking.config.signature = Some("sha1".into());
    asking.gateway.replace(&[asking.config.clone()]).unwrap();
    let course = async |id| asking.callback(id, OWN, INSURED).await.course;
    assert_eq!(course("7").await, Course::Fresh);
    assert_eq!(course("9").await, Course::Repeated, "a replay, it may be");
    asking.list(&[(10, FAMILY, CHILD), (11, FAMILY, CHILD)]);
    asking.poller().ask().await;
    assert_eq!(asking.answered().await, [OWN, FAMILY, FAMILY]);
    // Its callback under another id, which who saw it may have sent.
    let replayed = IncomingSms {
        to: "77000000000".into(),
        ..incoming(Some("12"), FAMILY, CHILD)
    };
    let instances = asking.gateway.instances();
    let replayed = asking.exchange.sms(&instances[0], replayed).await;
    assert_eq!(replayed.course, Course::Repeated);
}

#[tokio::test]
async fn the_number_of_the_last_text_survives_the_process_and_is_forgotten_before_the_answers_are() {
    let asking = Asking::new().await;
    asking.list(&[(7, OWN, INSURED)]);
    asking.poller().ask().await;
    for hours in [1, 23, 30, 47] {
        // Nothing new, and each time another process.
        asking.list(&[]);
        asking.poller().ask().await;
        asking.house.wait(hours * 3600);
        asking.house.office.tidy(&Retention::default()).await.unwrap();
    }
    asking.list(&[]);
    asking.poller().ask().await;
    assert_eq!(asking.asked(), ["hour=1", "7", "7", "7", "7", "hour=1"]);
    assert_eq!(asking.answered().await, [OWN]);
}

#[tokio::test]
async fn what_could_not_be_answered_is_asked_for_again_and_the_rest_is_not() {
    let asking = Asking::new().await;
    let mut poller = asking.poller();
    let texts = [(7, OWN, INSURED), (8, FAMILY, CHILD)];
    asking.list(&texts[..1]);
    poller.ask().await;
    asking.house.store.feel(Mood::CommitFails);
    asking.list(&texts[1..]);
    poller.ask().await;
    assert_eq!(asking.answered().await, [OWN]);
    asking.house.store.feel(Mood::Fine);
    asking.list(&texts);
    poller.ask().await;
    assert_eq!(asking.answered().await, [OWN, FAMILY]);
    assert_eq!(asking.asked(), ["hour=1", "7", "7"]);
}

#[tokio::test]
async fn machines_and_what_is_no_text_do_not_hold_it_up() {
    let asking = Asking::new().await;
    let mut poller = asking.poller();
    let long = "7".repeat(300);
    asking.list(&[(7, "KASPI", INSURED), (8, &long, INSURED), (9, OWN, INSURED)]);
    poller.ask().await;
    assert_eq!(asking.answered().await, [OWN]);
    asking.list(&[]);
    poller.ask().await;
    assert_eq!(asking.asked(), ["hour=1", "9"]);
}

#[tokio::test]
async fn a_failure_is_logged_once_and_its_end_too_without_anything_private() {
    let log = Log::default();
    let guard = log.capture();
    let asking = Asking::new().await;
    let mut poller = asking.poller();
    // Nobody is there, then it does not know us.
    poller.ask().await;
    let refused = r#"{"error":"authorise error 77010000001","error_code":2}"#;
    asking.smsc.lists.lock().unwrap().push_back(refused.into());
    poller.ask().await;
    asking.list(&[(7, OWN, INSURED)]);
    poller.ask().await;
    drop(guard);
    let log = log.text();
    assert_eq!(log.matches("could not be asked").count(), 1, "{log}");
    assert_eq!(log.matches("lists its texts again").count(), 1, "{log}");
    for private in [INSURED, "77010000001", "key"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
    assert_eq!(asking.answered().await, [OWN]);
}

#[tokio::test(start_paused = true)]
async fn it_asks_at_once_and_as_often_as_configured_and_ends_when_it_is_dropped() {
    let asking = Asking::new().await;
    for _ in 0..10 {
        asking.list(&[]);
    }
    let task = tokio::spawn(asking.poller().run());
    // The clock of the runtime is stopped and goes on by hand.
    for (seconds, asked) in [(0, 1), (59, 1), (1, 2), (60, 3)] {
        tokio::time::advance(std::time::Duration::from_secs(seconds)).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!(asking.asked().len(), asked);
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(Arc::strong_count(&asking.smsc), 1);
    assert_eq!(asking.house.count(Tree::Outbox).await, 0);
}
