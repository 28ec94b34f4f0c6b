//! Signatures, for every carrier that signs.

use std::time::Duration;

use super::*;

/// The carriers that sign.
fn signing() -> impl Iterator<Item = (&'static str, Bench, fn(Call, &Signing<'_>) -> Call)> {
    Bench::all()
        .filter_map(|(kind, bench)| Some((kind, bench.cases.sign?, bench)))
        .map(|(kind, sign, bench)| (kind, bench, sign))
}

/// A text, not signed.
fn text(bench: &Bench, text: &str) -> Call {
    bench.cases.sms.unwrap()(&sms(text))
}

fn with(secret: &str) -> Signing<'_> {
    Signing { secret, at: NOW }
}

#[tokio::test]
async fn both_live_secrets_are_believed() {
    for (kind, bench, sign) in signing() {
        for secret in SIGNING_SECRETS {
            let request = sign(text(&bench, IIN), &with(secret));
            bench.hear_as_it_is(&request).await;
            assert!(bench.echo.take_sms() == [sms(IIN)], "{kind}");
        }
    }
}

#[tokio::test]
async fn what_is_not_signed_as_it_should_be_is_refused_and_not_read() {
    let other = "b3RoZXIgc2VjcmV0IG9mIHRoZSBjb25mb3JtYW5jZSBraXQ=";
    for (kind, bench, sign) in signing() {
        let bare = text(&bench, IIN);
        let other_text = text(&bench, "STOP");
        let signed = bench.cases.signed(&bare);
        let grafted = Call {
            target: other_text.target.clone(),
            body: other_text.body.clone(),
            ..signed.clone()
        };
        let forged = sign(bare.clone(), &with(other));
        let mut refused = vec![("unsigned", bare), ("wrongly signed", forged)];
        // Where the signature stands in what is signed, there is nothing to graft it on.
        if signed.headers.len() > other_text.headers.len() {
            refused.push(("another message's signature", grafted));
        }
        for (name, request) in refused {
            let heard = bench.hear_as_it_is(&request).await;
            assert_eq!(heard.status, StatusCode::FORBIDDEN, "{kind}: {name}");
        }
        assert!(bench.echo.take_sms().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn a_changed_byte_breaks_the_signature() {
    for (kind, bench, _) in signing() {
        let signed = bench.cases.signed(&text(&bench, IIN));
        let changed = |text: &str| text.replacen("900101300007", "900101300017", 1);
        let body = changed(std::str::from_utf8(&signed.body).unwrap()).into_bytes();
        let request = Call {
            target: changed(&signed.target),
            body,
            ..signed.clone()
        };
        assert!(
            request.target != signed.target || request.body != signed.body,
            "{kind}"
        );
        let heard = bench.hear_as_it_is(&request).await;
        assert_eq!(heard.status, StatusCode::FORBIDDEN, "{kind}");
        assert!(bench.echo.take_sms().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn where_the_time_is_signed_only_the_last_five_minutes_are_believed() {
    let mut timed = Vec::new();
    for (kind, bench, sign) in signing() {
        let at = |at| {
            let secret = SIGNING_SECRETS[0];
            sign(text(&bench, IIN), &Signing { secret, at })
        };
        let (then, now) = (at(NOW), at(NOW.plus(Duration::from_secs(1))));
        if (&then.target, &then.body, &then.headers) == (&now.target, &now.body, &now.headers) {
            continue;
        }
        timed.push(kind);
        for (seconds, believed) in [
            (-299_i64, true),
            (299, true),
            (-301, false),
            (301, false),
            (-86_400, false),
        ] {
            let request = at(Timestamp::from_millis(NOW.millis() + seconds * 1_000));
            let heard = bench.hear_as_it_is(&request).await;
            assert_eq!(
                heard.status == StatusCode::FORBIDDEN,
                !believed,
                "{kind}: {seconds}"
            );
            assert_eq!(
                bench.echo.take_sms().len(),
                usize::from(believed),
                "{kind}: {seconds}"
            );
        }
    }
    assert!(timed.contains(&"generic"), "{timed:?}");
}

#[tokio::test]
async fn failures_are_told_once_a_minute_for_each_source() {
    let log = Log::default();
    let guard = log.capture();
    let kinds: Vec<_> = signing().collect();
    for (_, bench, _) in &kinds {
        for _ in 0..10 {
            bench.hear_as_it_is(&text(bench, IIN)).await;
        }
    }
    drop(guard);
    let told = log.text().matches("refused: not allowed: the signature").count();
    assert_eq!(told, kinds.len());
}

#[tokio::test]
async fn receipts_and_sessions_are_signed_too() {
    for (kind, bench, _) in signing() {
        let message = text(&bench, IIN);
        let receipt = Call {
            target: message.target.replacen("sms", "receipt", 1),
            ..message
        };
        let session = bench.cases.ussd.map(|request| request(&Handset::dialling("")));
        for request in [receipt].into_iter().chain(session) {
            let heard = bench.hear_as_it_is(&request).await;
            assert_eq!(heard.status, StatusCode::FORBIDDEN, "{kind}: {}", request.target);
        }
        assert!(bench.heard_nothing(), "{kind}");
    }
}
