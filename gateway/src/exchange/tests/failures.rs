//! When the store fails or is slow, and what never leaves.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use saqta_data::journal::Outcome;
use saqta_data::language::Language::{English, Kazakh};
use saqta_data::store::Tree;
use tracing_subscriber::fmt::MakeWriter;

use super::house::*;
use crate::carrier::Answers;
use crate::dialog::answer::{Answer, Page, Topic};
use crate::exchange::Policy;

#[tokio::test]
async fn nothing_is_answered_before_it_is_on_disk() {
    let house = House::new().await;
    for mood in [Mood::CommitFails, Mood::ReadFails, Mood::AlwaysConflict] {
        house.store.feel(mood);
        let answer = house.message("m1", OWN, "status").await;
        assert_eq!(answer, Some(house.words(&Answer::TryLater, English)));
        assert_eq!(
            house.step("s", OWN, 0, "").await,
            house.screen(&Page::TryLater, Kazakh)
        );
        house.store.feel(Mood::Fine);
        // Where the store could be written, the failure is told; nothing else is.
        let lines = house.journal().await;
        assert_eq!(lines.len(), if mood == Mood::ReadFails { 2 } else { 0 });
        assert!(lines.iter().all(|line| line.outcome == Outcome::Failed));
        assert_eq!(house.count(Tree::Answers).await, lines.len());
        house.clear(&[Tree::Journal, Tree::Answers]).await;
    }
    let full = house.words(&house.full(Topic::Status, INSURED).await, English);
    assert_eq!(house.message("m1", OWN, "status").await, Some(full));
    assert_eq!(house.count(Tree::Journal).await, 1);
}

#[tokio::test]
async fn a_repetition_waits_for_the_disk_too() {
    let house = House::new().await;
    let answer = house.message("m1", OWN, "status").await;
    house.store.feel(Mood::CommitFails);
    assert_ne!(house.message("m1", OWN, "status").await, answer);
    house.step("s", OWN, 0, "").await;
    house.store.feel(Mood::Fine);
    assert_eq!(house.message("m1", OWN, "status").await, answer);
    assert_eq!(house.store.barriers.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_store_that_hangs_is_not_waited_for() {
    let policy = Policy {
        deadline_ms: 20,
        ..Policy::default()
    };
    let house = House::with(policy).await;
    house.text(OWN, "EN").await;
    house.store.feel(Mood::CommitHangs);
    house.expect(OWN, "долг", &Answer::TryLater, English).await;
    let page = house
        .exchange
        .ussd(&house.instance, ussd_step("s", OWN, 0, "*1414#", ""))
        .await
        .reply;
    assert_eq!(
        (page.text, page.end),
        (house.screen(&Page::TryLater, English), true)
    );
    assert_eq!(
        house.exchange.late_page(&house.instance).text,
        house.screen(&Page::TryLater, Kazakh)
    );
}

#[tokio::test]
async fn a_failure_does_not_feed_a_loop() {
    let house = House::new().await;
    house.store.feel(Mood::CommitFails);
    for text in [
        "thank you for your message",
        "we will check it soon",
        "Re: 1234567",
        "",
    ] {
        assert_eq!(house.text(OWN, text).await, None, "{text}");
    }
    assert!(house.text(OWN, INSURED).await.is_some());
    house.store.feel(Mood::Fine);
    house.text(OWN, "STOP").await;
    house.store.feel(Mood::CommitFails);
    assert_eq!(house.text(OWN, INSURED).await, None);
    assert!(house.text(OWN, "START").await.is_some());
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn no_iin_and_no_phone_reaches_logs_or_metrics() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(kept.clone())
        .finish();
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let talk = || {
        runtime.block_on(async {
            let house = House::new().await;
            for iin in UNKNOWN {
                house.text(STRANGER, iin).await;
            }
            house.text("InfoSMS", INSURED).await;
            house.message("odd", OWN, "status").await;
            house.message("odd", FAMILY, &format!("pay {CHILD}")).await;
            house.message("odd", FAMILY, &format!("pay {CHILD}")).await;
            house.step("s", OWN, 0, "").await;
            house.store.feel(Mood::AlwaysConflict);
            house.text(OWN, INSURED).await;
        });
    };
    metrics::with_local_recorder(&recorder, || tracing::subscriber::with_default(subscriber, talk));
    let logs = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let metrics = recorder.handle().render();
    for sign in [
        r#"saqta_limits_reached_total{limit="iins_per_phone"} 2"#,
        r#"saqta_odd_ids_total{instance="sandbox"} 1"#,
        r#"saqta_machines_total{instance="sandbox"} 1"#,
        r#"saqta_failures_total{service="sms"} 1"#,
        r#"outcome="repeated",language="en"} 1"#,
        r#"service="sms",outcome="full""#,
        "saqta_conflicts_total 36",
        "saqta_answer_duration_seconds",
    ] {
        assert!(metrics.contains(sign), "{sign} is not in\n{metrics}");
    }
    assert!(logs.contains("a limit kept an answer back") && logs.contains("under an id already used"));
    let private = [
        INSURED,
        CHILD,
        UNKNOWN[5],
        "7010000001",
        "7010000002",
        "7070000009",
        "InfoSMS",
    ];
    for secret in private {
        assert!(
            !logs.contains(secret) && !metrics.contains(secret),
            "{secret} leaked"
        );
    }
}
