//! Requests that are broken off, too large, or no requests at all.

use proptest::prelude::*;

use super::*;
use crate::carrier::wire::escape_all;
use crate::router::MAX_BODY_BYTES;

#[tokio::test]
async fn large_bodies_are_refused_and_the_largest_is_read() {
    for (kind, bench) in Bench::all() {
        for (length, refused) in [
            (MAX_BODY_BYTES, false),
            (MAX_BODY_BYTES + 1, true),
            (10_000_000, true),
        ] {
            for request in bench.requests() {
                let request = Call {
                    body: vec![b' '; length],
                    ..request
                };
                let too_large = bench.hear_as_it_is(&request).await.status == StatusCode::PAYLOAD_TOO_LARGE;
                assert_eq!(too_large, refused, "{kind}: {length}");
            }
        }
    }
}

/// `request` broken off wherever its query or its body can break off.
fn truncated(request: &Call) -> Vec<Call> {
    let body = (0..request.body.len()).map(|cut| Call {
        body: request.body.iter().take(cut).copied().collect(),
        ..request.clone()
    });
    let path = request.target.find('?').unwrap_or(request.target.len());
    let query = (path..request.target.len()).map(|cut| Call {
        target: request.target.chars().take(cut).collect(),
        ..request.clone()
    });
    body.chain(query).collect()
}

#[tokio::test]
async fn truncated_requests_get_an_answer_of_the_carrier() {
    for (kind, bench) in Bench::all() {
        for request in bench.requests() {
            let cuts = truncated(&request);
            let mut refused = 0;
            for request in &cuts {
                refused += usize::from(matches!(bench.said(request).await, Said::Refused(_)));
            }
            // A text that breaks off inside a query is a shorter text; whatever lacks a field is refused.
            assert!(refused > cuts.len() / 2, "{kind}: {refused} of {}", cuts.len());
        }
    }
}

#[tokio::test]
async fn a_wrong_content_type_makes_no_other_text() {
    for (kind, bench) in Bench::all() {
        let Some(request) = bench.cases.sms else { continue };
        for content_type in [
            "application/json",
            "application/x-www-form-urlencoded",
            "image/png",
            ";",
            "\u{e9}",
        ] {
            let mut request = request(&sms(IIN));
            // A query has none.
            if request.method == Method::GET {
                continue;
            }
            request.headers.retain(|(name, _)| *name != "content-type");
            let said = bench.said(&request.header("content-type", content_type)).await;
            let understood = said == Said::Text(IIN.into());
            assert!(
                understood || matches!(said, Said::Refused(_)),
                "{kind}: {content_type}: {said:?}"
            );
            assert_eq!(
                bench.echo.take_sms().len(),
                usize::from(understood),
                "{kind}: {content_type}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let escaped = escape_all(&bytes);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            for (kind, bench) in Bench::all() {
                let mut services = Vec::new();
                services.extend(bench.cases.sms.map(|_| "sms"));
                services.extend(bench.cases.ussd.map(|_| "ussd"));
                for service in services {
                    let form = "application/x-www-form-urlencoded";
                    for request in [
                        Call::post(service, "application/json", bytes.clone()),
                        Call::post(service, "text/xml", bytes.clone()),
                        Call::post(format!("{service}?{escaped}"), "text/plain", bytes.clone()),
                        Call::post(format!("{service}?id=1&text={escaped}"), form, bytes.clone()),
                        Call::get(format!("{service}?{escaped}")),
                    ] {
                        let said = bench.said(&request).await;
                        let refused = matches!(said, Said::Refused(_));
                        // A request without anything may be somebody who looks whether the address is right.
                        assert!(refused || bytes.is_empty() && said == Said::Nothing, "{kind}: {said:?}");
                    }
                }
                assert!(bench.heard_nothing(), "{kind}");
            }
        });
    }
}
