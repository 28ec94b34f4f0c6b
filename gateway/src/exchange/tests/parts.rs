//! Long texts in parts, over restarts: those that have come lie in memory, what was heard lies in the store.

use std::sync::Arc;

use axum::Router;

use super::house::*;
use crate::carrier::config::{InstanceConfig, Secret};
use crate::carrier::wire::form;
use crate::conformance::harness::{Call, call};
use crate::exchange::{Exchange, Policy};
use crate::router::router;
use crate::state::Gateway;

/// Vonage, whose parts come each by itself, before a house.
struct Vonage {
    house: House,
    exchange: Arc<Exchange>,
    router: Router,
}

impl Vonage {
    async fn new() -> Self {
        let house = House::new().await;
        let (office, voice) = (house.office.clone(), house.voice.clone());
        let exchange = Arc::new(Exchange::new(office, voice, Policy::default()));
        let router = serve(&house, &exchange);
        Self {
            house,
            exchange,
            router,
        }
    }

    /// The process ends, and another begins with what the store has.
    fn restart(&mut self) {
        self.router = serve(&self.house, &self.exchange);
    }

    /// The status of the response to a part of two; what is not acknowledged is to come again.
    async fn part(&self, id: &str, number: &str, text: &str) -> u16 {
        let fields = [
            ("messageId", id),
            ("msisdn", OWN),
            ("to", "1414"),
            ("text", text),
            ("concat", "true"),
            ("concat-ref", "7"),
            ("concat-part", number),
            ("concat-total", "2"),
        ];
        let heard = call(&self.router, "v", &Call::get(format!("sms?{}", form(&fields)))).await;
        let status = heard.status.as_u16();
        assert_eq!(heard.header("retry-after").is_some(), status == 503);
        status
    }

    async fn first(&self) -> u16 {
        self.part("a", "1", "EN STATUS ").await
    }

    async fn second(&self) -> u16 {
        self.part("b", "2", INSURED).await
    }

    /// What is on its way to the phone.
    async fn answers(&self) -> Vec<String> {
        let letters = self.house.letters().await;
        letters.into_iter().map(|letter| letter.sms.text).collect()
    }
}

fn serve(house: &House, exchange: &Arc<Exchange>) -> Router {
    let mut config = InstanceConfig {
        name: "v".into(),
        kind: "vonage".into(),
        allow: vec!["127.0.0.1".into()],
        ..InstanceConfig::default()
    };
    config.send.url = Some("https://rest.nexmo.com/sms/json".into());
    config.send.user = Some(Secret::new("key"));
    config.send.password = Some(Secret::new("secret"));
    config.send.from = Some("1414".into());
    router(Gateway::new(&[config], exchange.clone(), house.clock.clone()).unwrap())
}

#[tokio::test]
async fn parts_that_waited_at_a_restart_come_again_and_are_heard_as_one_text() {
    let mut vonage = Vonage::new().await;
    assert_eq!(vonage.first().await, 503);
    vonage.restart();
    assert_eq!(vonage.second().await, 503, "the first is not known any more");
    assert_eq!(vonage.first().await, 200, "it was not acknowledged");
    let [answer] = vonage.answers().await.try_into().unwrap();
    assert!(answer.starts_with("INSURED"), "{answer}");
    assert_eq!(vonage.second().await, 200);
    assert_eq!(vonage.house.journal().await.len(), 1);
}

#[tokio::test]
async fn a_part_of_what_was_heard_before_a_restart_is_acknowledged_after_a_minute() {
    let mut vonage = Vonage::new().await;
    assert_eq!((vonage.first().await, vonage.second().await), (503, 200));
    vonage.restart();
    assert_eq!(vonage.first().await, 503, "its other part may be on its way");
    vonage.house.wait(60);
    assert_eq!(vonage.first().await, 200);
    assert_eq!(vonage.answers().await.len(), 1);
    assert_eq!(vonage.house.journal().await.len(), 1);
}

#[tokio::test]
async fn a_part_that_comes_after_a_restart_when_the_rest_was_heard_is_a_text_by_itself() {
    let mut vonage = Vonage::new().await;
    vonage.first().await;
    vonage.house.wait(60);
    assert_eq!(vonage.first().await, 200, "as whole as it gets");
    vonage.restart();
    assert_eq!(vonage.second().await, 503);
    vonage.house.wait(60);
    assert_eq!(vonage.second().await, 200);
    // It is answered by what it says; here it has the number that the first part lacks.
    assert_eq!(vonage.answers().await.len(), 2);
    assert_eq!(vonage.house.journal().await.len(), 2);
}
