//! Every carrier that has USSD.

use saqta_data::phone::Msisdn;

use super::*;
use crate::carrier::ussd::MAX_HISTORY_BYTES;
use crate::carrier::{IncomingUssd, UssdInput};

/// What the newest step of `handset` is to be heard as.
fn expected(heard: &IncomingUssd, handset: &Handset) -> String {
    match heard.input {
        UssdInput::History(_) => handset.history(),
        _ => handset.input(),
    }
}

#[tokio::test]
async fn steps_arrive_as_they_were_typed() {
    for (kind, bench, request) in Bench::dialling() {
        let dialled = Handset::dialling("");
        for handset in [
            dialled.clone(),
            Handset::dialling(IIN),
            dialled.typing("1"),
            dialled.typing("1").typing("ҚЗ"),
            dialled.typing("2").typing(IIN).typing("00"),
            dialled.typing("*"),
            dialled.typing("*").typing("*"),
        ] {
            let said = bench.said(&request(&handset)).await;
            let heard = bench.echo.ussd.lock().unwrap().pop().unwrap();
            let name = format!("{kind}: {} {:?}", handset.dialled, handset.typed);
            assert_eq!(said, Said::Text(heard.input.text().into()), "{name}");
            let starts = matches!(heard.input, UssdInput::Dialled(_));
            assert!(!starts || handset.is_start(), "{name}");
            let digits = |text: &str| text.trim_matches(['*', '#']).to_owned();
            if handset.is_start() {
                assert_eq!(
                    digits(heard.input.text()),
                    digits(&expected(&heard, &handset)),
                    "{name}"
                );
            } else {
                assert_eq!(heard.input.text(), expected(&heard, &handset), "{name}");
            }
            let from = heard.session.from.map(|from| Msisdn::parse(&from).ok());
            assert!(
                from.is_none_or(|from| from == Msisdn::parse(PHONE).ok()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_typed_input_keeps_no_line_break_and_no_padding() {
    for (kind, bench, request) in Bench::dialling() {
        let padded = Handset::dialling("").typing("\n1\r");
        bench.hear(&request(&padded)).await;
        let heard = bench.echo.ussd.lock().unwrap().pop();
        assert_eq!(
            heard.map(|step| step.input.text().to_owned()).as_deref(),
            Some("1"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn overlong_inputs_are_refused() {
    for (kind, bench, request) in Bench::dialling() {
        let long = Handset::dialling("").typing(&"7".repeat(MAX_HISTORY_BYTES + 1));
        let said = bench.said(&request(&long)).await;
        assert!(matches!(&said, Said::Refused(_)), "{kind}: {said:?}");
        assert!(bench.echo.ussd.lock().unwrap().is_empty(), "{kind}");
    }
}
