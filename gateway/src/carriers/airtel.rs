//! USSD of Airtel: a GET whose first `input` is the code without its `*` and `#`, answered with a page and the header
//! `Freeflow`. What Airtel sends differs from its document in what else stands in the query, so that is passed over. The
//! end of a session is told with `clean`, where the phone is `msisdn` in small letters. `userid` and `password` of the
//! query are checked if the instance has `secrets`, each `userid:password`.

use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use saqta_data::clock::Timestamp;

use crate::carrier::adapter::{Adapter, Service, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::sign;
use crate::carrier::ussd::{self, plain};
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdReply, UssdSession};
use crate::error::Refusal;

#[cfg(test)]
pub(super) mod tests;

/// `FC`: the session goes on; `FB`: it ends.
const FREEFLOW: HeaderName = HeaderName::from_static("freeflow");
/// The citizen pays nothing.
const CHARGE: (HeaderName, HeaderValue) = (HeaderName::from_static("charge"), HeaderValue::from_static("N"));
const AMOUNT: (HeaderName, HeaderValue) = (HeaderName::from_static("amount"), HeaderValue::from_static("0"));

struct Airtel {
    /// `userid:password`; none: not checked.
    accounts: Vec<Secret>,
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    let unsigned = InstanceConfig {
        secrets: Vec::new(),
        ..config.clone()
    };
    ussd::expect_ussd_only(&unsigned)?;
    if config.secrets.iter().any(|secret| !secret.reveal().contains(':')) {
        return Err(config.error("secrets", "each is written userid:password"));
    }
    Ok(Box::new(Airtel {
        accounts: config.secrets.clone(),
    }))
}

impl Adapter for Airtel {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Ussd => &[Method::GET],
            Service::Sms | Service::Receipt => &[],
        }
    }

    fn verify(&self, request: &Webhook, _now: Timestamp) -> Result<(), Refusal> {
        if self.accounts.is_empty() {
            return Ok(());
        }
        let fields = Fields::parse(request.query().as_bytes()).map_err(|_| sign::unsigned())?;
        let field = |name| {
            let value = fields.text(name).map_err(|_| sign::unsigned())?;
            Ok(value.unwrap_or_default())
        };
        let given = format!("{}:{}", field("userid")?, field("password")?);
        let is_given = |account: &Secret| sign::equal(account.reveal().as_bytes(), given.as_bytes());
        // All are compared, so that the time does not tell which one was right.
        let right = self
            .accounts
            .iter()
            .fold(false, |right, account| right | is_given(account));
        if right { Ok(()) } else { Err(sign::unsigned()) }
    }

    fn ussd(&self, request: &Webhook) -> Result<UssdCall, Refusal> {
        let fields = Fields::parse(request.query().as_bytes())?;
        let is_end = fields.text("clean")?.is_some();
        let (phone, input) = if is_end {
            ("msisdn", "clean")
        } else {
            ("MSISDN", "input")
        };
        let found = [
            fields.text("SessionID")?,
            fields.text(phone)?,
            fields.text(input)?,
        ];
        let [Some(id), Some(from), Some(typed)] = found else {
            let names = ["SessionID", phone, input];
            let missing = names.into_iter().zip(&found).filter(|(_, value)| value.is_none());
            return Err(ussd::missing_parameters(
                &missing.map(|(name, _)| name).collect::<Vec<_>>(),
            ));
        };
        let session = UssdSession { id, from: Some(from) };
        if is_end {
            return Ok(UssdCall::End(session));
        }
        Ok(UssdCall::Step(IncomingUssd {
            session,
            code: String::new(),
            input: UssdInput::DialledOrTyped(typed),
            step: None,
        }))
    }

    fn ussd_answer(&self, _request: &Webhook, reply: &UssdReply) -> Response {
        let Some(page) = reply.page() else {
            return plain(String::new());
        };
        let freeflow = HeaderValue::from_static(if page.end { "FB" } else { "FC" });
        ([(FREEFLOW, freeflow), CHARGE, AMOUNT], plain(page.text.clone())).into_response()
    }

    fn refuse_ussd(&self, refusal: &Refusal) -> Response {
        ussd::parameters_refused(refusal)
    }
}
