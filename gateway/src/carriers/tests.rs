use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use saqta_data::clock::Clock;

use saqta_data::phone::Msisdn;

use super::*;
use crate::carrier::config::Secret;
use crate::carrier::send::Errand;
use crate::carrier::{Answered, Answers, Course, IncomingSms, IncomingUssd, Instance, SmsReply, UssdPage};
use crate::carrier::{OutgoingSms, Thread};
use crate::conformance::harness::{Call, Echo, call};
use crate::conformance::{BASE, ERRAND, SIGNING_SECRETS};
use crate::encoding::Alphabet;
use crate::router::router;
use crate::state::Gateway;

fn error(config: &InstanceConfig) -> String {
    build(config)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn an_unknown_kind_is_told_the_known_ones() {
    let config = InstanceConfig {
        name: "tw".into(),
        kind: "nobody".into(),
        ..InstanceConfig::default()
    };
    let names: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
    let expected = format!("carriers.tw.kind: one of {}", names.join(", "));
    assert_eq!(error(&config), expected);
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn carriers_that_sign_nothing_take_no_signing_secrets() {
    for kind in ["hubtel", "kannel", "sandbox"] {
        let config = InstanceConfig {
            name: "k".into(),
            kind: kind.into(),
            secrets: vec![Secret::new("s3cret")],
            ..InstanceConfig::default()
        };
        let expected = format!("carriers.k.secrets: {kind} signs nothing; use path_secret, basic or allow");
        assert_eq!(error(&config), expected);
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds().len());
}

#[tokio::test]
async fn where_answers_are_sent_it_must_be_said_whereto_and_what_is_not_kept_is_not_acknowledged() {
    let mut config = InstanceConfig {
        name: "j".into(),
        kind: "jasmin".into(),
        ..InstanceConfig::default()
    };
    let gateway = |config: &InstanceConfig, answers| {
        Gateway::new(std::slice::from_ref(config), answers, Clock::system())
            .map_err(|error| error.to_string())
    };
    let error = gateway(&config, Arc::new(Echo::default())).err().unwrap();
    assert!(
        error.starts_with("carriers.j.send_url: jasmin takes no answer"),
        "{error}"
    );
    (jasmin::tests::cases().configure)(&mut config);
    for (course, status, body) in [
        (Course::Fresh, StatusCode::OK, "ACK/Jasmin"),
        (Course::Repeated, StatusCode::OK, "ACK/Jasmin"),
        (
            Course::Failed,
            StatusCode::SERVICE_UNAVAILABLE,
            "{\"error\":\"busy; try again\"}",
        ),
    ] {
        let router = router(gateway(&config, Arc::new(Always(course))).unwrap());
        let heard = call(&router, "j", &Call::get("sms?id=1&from=2&to=3&content=a")).await;
        assert_eq!((heard.status, &*heard.body), (status, body.as_bytes()));
    }
}

/// Answers in one way.
struct Always(Course);

#[async_trait]
impl Answers for Always {
    async fn sms(&self, _: &Instance, _: IncomingSms) -> Answered<SmsReply> {
        Answered {
            reply: SmsReply::Silence,
            course: self.0,
        }
    }

    async fn ussd(&self, instance: &Instance, step: IncomingUssd) -> Answered<UssdPage> {
        Echo::default().ussd(instance, step).await
    }

    fn late_page(&self, instance: &Instance) -> UssdPage {
        Echo::default().late_page(instance)
    }
}

#[test]
fn an_answer_goes_out_from_the_number_texted_to_where_the_sender_is_a_number() {
    let thread = Thread {
        number: Some("77770001415".into()),
        link: None,
    };
    let sms = OutgoingSms {
        to: Msisdn::parse("+77010000001").unwrap(),
        text: "a".into(),
        alphabet: Alphabet::Gsm7,
        parts: 1,
    };
    let mut from_number = Vec::new();
    for kind in kinds() {
        let mut config = InstanceConfig {
            name: "c".into(),
            kind: kind.name.into(),
            webhook_base: Some(Secret::new(BASE)),
            ..InstanceConfig::default()
        };
        let cases = (kind.cases)();
        if cases.sign.is_some() {
            config.secrets = SIGNING_SECRETS.map(Secret::new).to_vec();
        }
        (cases.configure)(&mut config);
        let adapter = build(&config).unwrap();
        let Some(sends) = adapter.sends().filter(|_| adapter.answers_later()) else {
            continue;
        };
        let names_it = |thread| {
            let request = sends.request(&sms, Errand { thread, ..ERRAND });
            String::from_utf8_lossy(request.body()).contains("77770001415")
        };
        assert!(!names_it(&Thread::NONE), "{}", kind.name);
        if names_it(&thread) {
            from_number.push(kind.name);
        }
    }
    // Senders of smsc are names.
    assert_eq!(from_number, ["africastalking", "infobip", "jasmin", "vonage"]);
}
