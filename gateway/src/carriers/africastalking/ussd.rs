//! USSD of Africa's Talking: a form with everything typed so far, answered `CON ..` or `END ..`. A session may last 180 s;
//! its end is told afterwards, if the events URL is set to the same address.

use crate::carrier::adapter::Webhook;
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdSession};
use crate::error::Refusal;

pub(super) fn call(request: &Webhook) -> Result<UssdCall, Refusal> {
    let fields = Fields::parse(&request.body)?;
    let session = UssdSession {
        id: fields.required("sessionId")?,
        from: Some(fields.required("phoneNumber")?),
    };
    // The notification tells how a session ended: Success, Incomplete or Failed.
    if fields.text("status")?.is_some() {
        return Ok(UssdCall::End(session));
    }
    let history = fields.text("text")?;
    Ok(UssdCall::Step(IncomingUssd {
        session,
        code: fields.text("serviceCode")?.unwrap_or_default(),
        input: UssdInput::History(history.ok_or_else(|| Refusal::malformed("text is missing"))?),
        step: None,
    }))
}
