use axum::body::Bytes;
use axum::http::{Method, Request};
use axum::response::IntoResponse;
use saqta_data::desk::pulse::CARRIER_MINUTES;

use super::*;
use crate::carrier::adapter::Receipt;
use crate::carriers::sandboxes;
use crate::conformance::harness::{Call, Echo, call, gateway};
use crate::conformance::sms;
use crate::encoding::pages::Frame;

fn named(name: &str) -> InstanceConfig {
    InstanceConfig {
        name: name.into(),
        kind: "sandbox".into(),
        ..InstanceConfig::default()
    }
}

fn error(configs: &[InstanceConfig]) -> String {
    let made = Gateway::new(configs, Arc::new(Echo::default()), Clock::system());
    made.err().unwrap().to_string()
}

#[test]
fn names_are_fit_for_a_path_and_stand_once() {
    for name in ["", "a b", "a/b", "Қ", &"a".repeat(33)] {
        assert!(
            error(&[named(name)]).ends_with("letters, digits, - and _"),
            "{name}"
        );
    }
    let twice = [sandboxes(), vec![named("kannel")]].concat();
    assert_eq!(error(&twice), "carriers.kannel.name: two carriers have this name");
    let many: Vec<_> = (0..=MAX_INSTANCES).map(|n| named(&format!("c{n}"))).collect();
    assert_eq!(error(&many), "carriers.c64.name: more than 64 carriers");
}

#[test]
fn an_instance_believes_its_sender_only_with_a_proof() {
    let listed = InstanceConfig {
        allow: vec!["192.0.2.1".into()],
        own_numbers: vec!["1414".into()],
        ussd_overhead: 3,
        ussd_page_units: Some(160),
        ..named("listed")
    };
    let gateway = gateway(&[named("open"), listed], Arc::new(Echo::default()));
    let instances = gateway.instances();
    // In the order of the configuration.
    assert_eq!(
        (instances[0].name.as_str(), instances[0].believes_sender),
        ("open", false)
    );
    assert_eq!(
        (instances[1].name.as_str(), instances[1].believes_sender),
        ("listed", true)
    );
    assert_eq!(
        (instances[1].ussd_frame, &*instances[1].own_numbers),
        (
            Frame {
                most: 160,
                ..Frame::from(3)
            },
            &["1414".to_owned()][..]
        )
    );
    let tiny = InstanceConfig {
        ussd_page_units: Some(119),
        ..named("tiny")
    };
    assert!(error(&[tiny]).starts_with("carriers.tiny.ussd_page_units: at least 120"));
}

/// A carrier that sends so many messages at once and is told the texts of the answers in a line.
struct Batches(usize);

impl Adapter for Batches {
    fn methods(&self, _: Service) -> &'static [Method] {
        &[Method::POST]
    }

    fn sms(&self, _: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        Ok((0..self.0).map(|at| sms(&at.to_string())).collect())
    }

    fn sms_answer(&self, _: &Webhook, replies: &[SmsReply]) -> Response {
        let text = |reply: &SmsReply| match reply {
            SmsReply::Silence => "-".to_owned(),
            SmsReply::Text(sms) => sms.text.clone(),
        };
        replies
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(" ")
            .into_response()
    }
}

async fn batch(messages: usize) -> Result<Bytes, Refusal> {
    let gateway = gateway(&[], Arc::new(Echo::default()));
    let mount = Mount {
        adapter: Box::new(Batches(messages)),
        ..Mount::new(&named("b"), Clock::system().now()).unwrap()
    };
    let (head, ()) = Request::builder().body(()).unwrap().into_parts();
    let request = Webhook {
        head,
        body: Bytes::new(),
    };
    let response = gateway.respond(&mount, Service::Sms, &request).await?;
    Ok(axum::body::to_bytes(response.into_body(), 1_000).await.unwrap())
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order_and_has_a_most() {
    assert_eq!(batch(3).await.unwrap(), "0 1 2");
    assert!(batch(MAX_BATCH).await.is_ok());
    assert!(matches!(batch(MAX_BATCH + 1).await, Err(Refusal::Malformed(_))));
    assert_eq!(batch(0).await.unwrap(), "");
}

#[tokio::test]
async fn figures_tell_what_came_of_requests_instance_by_instance() {
    let gateway = gateway(
        &[sandboxes(), vec![named("open")]].concat(),
        Arc::new(Echo::default()),
    );
    let router = crate::router::router(gateway.clone());
    let post = |body: &'static str| Call::post("sms", "application/json", body);
    let text = r#"{"id":"m1","from":"+77010000001","to":"1414","text":"a"}"#;
    let machine = r#"{"id":"m2","from":"MTN","to":"1414","text":"a"}"#;
    for body in [text, machine, "{"] {
        call(&router, "sandbox", &post(body)).await;
    }
    call(&router, "open", &Call::get("sms")).await;
    call(&router, "nobody", &post(text)).await;
    let figures = gateway.figures();
    let names: Vec<_> = figures
        .iter()
        .map(|f| (f.name.as_str(), f.kind.as_str()))
        .collect();
    let expected = [("sandbox", "sandbox"), ("kannel", "kannel"), ("open", "sandbox")];
    assert_eq!(names, expected);
    let counts = |at: usize| {
        let minute = figures[at].minutes[CARRIER_MINUTES - 1];
        (minute.received, minute.answered, minute.errors)
    };
    assert_eq!(
        [counts(0), counts(1), counts(2)],
        [(2, 1, 1), (0, 0, 0), (0, 0, 1)]
    );
    assert!(figures[0].believes_sender && !figures[2].believes_sender);
    assert!(figures[0].heard_at.is_some() && figures[2].heard_at.is_none());
}

/// Whose store takes no receipt under the id `full`.
struct Full;

#[async_trait::async_trait]
impl Answers for Full {
    async fn sms(&self, _: &Instance, _: IncomingSms) -> Answered<SmsReply> {
        Answered::fresh(SmsReply::Silence)
    }

    async fn ussd(&self, instance: &Instance, _: IncomingUssd) -> Answered<UssdPage> {
        Answered::fresh(self.late_page(instance))
    }

    async fn receipt(&self, _: &Instance, receipt: Receipt) -> Result<bool, Refusal> {
        if receipt.id == "full" {
            Err(Refusal::Unkept)
        } else {
            Ok(true)
        }
    }

    fn late_page(&self, _: &Instance) -> UssdPage {
        UssdPage {
            text: String::new(),
            end: true,
        }
    }
}

#[tokio::test]
async fn a_receipt_that_was_not_kept_is_not_acknowledged() {
    let router = crate::router::router(gateway(&sandboxes(), Arc::new(Full)));
    for (id, status) in [("full", 503), ("other", 200)] {
        let body = format!(r#"{{"id":"{id}","state":"delivered"}}"#);
        let heard = call(
            &router,
            "sandbox",
            &Call::post("receipt", "application/json", body),
        )
        .await;
        assert_eq!(heard.status, status);
        assert_eq!(heard.header("retry-after").is_some(), status == 503);
    }
}

#[tokio::test]
async fn ussd_and_receipts_need_not_be_offered() {
    let request = Webhook {
        head: Request::builder().body(()).unwrap().into_parts().0,
        body: Bytes::new(),
    };
    let adapter = Batches(1);
    assert!(matches!(adapter.ussd(&request), Err(Refusal::NotOffered)));
    assert_eq!(adapter.receipt_answer(&request).status(), 200);
}
