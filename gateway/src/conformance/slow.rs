//! Carriers of USSD while we are slow, and after they have gone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{sleep, timeout};

use super::harness::page;
use super::*;
use crate::carrier::{Answered, Answers, IncomingUssd, Instance, SmsReply, UssdPage};
use crate::state::Gateway;

/// Answers steps after so many milliseconds.
struct Slow(AtomicU64);

#[async_trait]
impl Answers for Slow {
    async fn sms(&self, _: &Instance, _: IncomingSms) -> Answered<SmsReply> {
        Answered::fresh(SmsReply::Silence)
    }

    async fn ussd(&self, _: &Instance, _: IncomingUssd) -> Answered<UssdPage> {
        sleep(Duration::from_millis(self.0.load(Ordering::SeqCst))).await;
        Answered::fresh(page("in time"))
    }

    /// The kit reads a page without a text as the last one.
    fn late_page(&self, _: &Instance) -> UssdPage {
        page("")
    }
}

/// An instance of each kind that has USSD, and a step for it.
fn slow(answers: &Arc<Slow>) -> impl Iterator<Item = (&'static str, Cases, Gateway, Call)> {
    kinds().iter().filter_map(|kind| {
        let cases = (kind.cases)();
        let step = cases.ussd?(&Handset::dialling("").typing("1"));
        let gateway = gateway(&[config(kind, &cases)], answers.clone());
        let step = cases.signed(&step);
        Some((kind.name, cases, gateway, step))
    })
}

#[tokio::test(start_paused = true)]
async fn a_slow_page_is_shown_and_a_very_slow_one_ends_the_session_in_two_seconds() {
    let answers = Arc::new(Slow(AtomicU64::default()));
    let base = format!("c1/{SECRET}");
    for (kind, cases, gateway, step) in slow(&answers) {
        let router = router(gateway);
        let hear = || call(&router, &base, &step);
        answers.0.store(1_900, Ordering::SeqCst);
        let said = (cases.read)(&hear().await);
        assert_eq!(said, Said::Text("in time".into()), "{kind}");
        answers.0.store(60_000, Ordering::SeqCst);
        let begun = tokio::time::Instant::now();
        let heard = hear().await;
        assert_eq!(begun.elapsed().as_millis(), 2_000, "{kind}");
        assert!(heard.status.is_success(), "{kind}");
        let said = (cases.read)(&heard);
        assert!(
            said == Said::Nothing || said == Said::Text(String::new()),
            "{kind}: {said:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_has_gone_holds_no_place_and_is_answered_when_it_comes_again() {
    let answers = Arc::new(Slow(AtomicU64::default()));
    let base = format!("c1/{SECRET}");
    for (kind, cases, gateway, step) in slow(&answers) {
        let router = router(gateway.clone());
        let hear = || call(&router, &base, &step);
        answers.0.store(60_000, Ordering::SeqCst);
        let gone = timeout(Duration::from_secs(1), hear()).await;
        assert!(gone.is_err(), "{kind}");
        assert_eq!(gateway.in_flight(), 0, "{kind}");
        answers.0.store(0, Ordering::SeqCst);
        let said = (cases.read)(&hear().await);
        assert_eq!(said, Said::Text("in time".into()), "{kind}");
    }
}
