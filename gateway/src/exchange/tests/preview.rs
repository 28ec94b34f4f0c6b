//! The text of a status before it is sent.

use saqta_data::desk::{DeskError, Refusal};

use super::house::*;
use super::post::*;
use crate::exchange::Policy;

#[tokio::test(start_paused = true)]
async fn what_is_shown_beforehand_is_what_goes_out() {
    for wish in ["EN", "RU", "KZ", "KZ LAT"] {
        let post = Post::new().await;
        post.start();
        post.house.text(OWN, wish).await;
        let lines = post.house.journal().await.len();
        let shown = post.preview(INSURED, OWN).await.unwrap();
        post.pass(1).await;
        assert_eq!(
            (post.carrier.calls(), post.figures()),
            (0, (0, 0)),
            "nothing is sent"
        );
        assert_eq!(
            post.house.journal().await.len(),
            lines,
            "the desk writes its line"
        );
        post.send(INSURED, OWN).await.unwrap();
        post.pass(1).await;
        assert_eq!(post.carrier.texts().concat(), shown.text, "{wish}");
        let got = post.carrier.got.lock().unwrap()[0].clone();
        assert_eq!(got["parts"], shown.parts, "{wish}");
        assert_eq!(got["to"], OWN);
        let line = post.house.journal().await.pop().unwrap();
        assert_eq!(line.language, shown.language);
        // Refused as the sending would be.
        assert_eq!(
            post.preview(CHILD, OWN).await.unwrap_err(),
            post.send(CHILD, OWN).await.unwrap_err()
        );
    }
}

#[tokio::test]
async fn another_text_than_the_one_seen_is_not_sent() {
    let post = Post::new().await;
    post.house.text(OWN, "EN").await;
    let seen = post.preview(INSURED, OWN).await.unwrap().text;
    post.house.text(OWN, "RU").await;
    let other = post.send_seen(INSURED, OWN, &seen).await;
    assert_eq!(other, Err(DeskError::Refused(Refusal::OtherText)));
    assert_eq!(post.house.letters().await.len(), 0);
    post.house.text(OWN, "EN").await;
    post.send_seen(INSURED, OWN, &seen).await.unwrap();
    assert_eq!(post.house.letters().await.len(), 1);
}

#[test]
fn only_what_was_to_be_sent_counts_as_a_limit_reached() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let reached = |times: &str| {
        let sign = format!(r#"saqta_limits_reached_total{{limit="phone"}} {times}"#);
        recorder.handle().render().contains(&sign)
    };
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let policy = Policy {
                sms_per_phone_a_minute: 0,
                ..Policy::default()
            };
            let post = Post::with(policy).await;
            let refused = Err(DeskError::Refused(Refusal::TooManySms));
            assert_eq!(post.preview(INSURED, OWN).await.map(drop), refused);
            assert!(!recorder.handle().render().contains("saqta_limits_reached_total{"));
            assert_eq!(post.send_seen(INSURED, OWN, "").await, refused);
            assert!(reached("1"));
        });
    });
}
