//! USSD through Kannel and SMPP: an `sms-service` whose URL ends in `/ussd?..&meta=%D`. What a step is stands in the
//! optional parameters `ussd_service_op` (0x0501) and `its_session_info` (0x1383) of SMPP, which Kannel hands over as
//! `?smpp?NAME=VALUE&..` and takes back in `X-Kannel-Meta-Data`. Declared as octet strings they are bytes, as integers
//! they are decimal; what comes in one form is answered in it.

use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};

use super::{CODING, Call, PLAIN_TEXT, coding, nothing, required};
use crate::carrier::adapter::Webhook;
use crate::carrier::wire::Fields;
use crate::carrier::{IncomingUssd, UssdCall, UssdInput, UssdPage, UssdReply, UssdSession, UssdStep};
use crate::encoding::Alphabet;
use crate::error::Refusal;

const META: HeaderName = HeaderName::from_static("x-kannel-meta-data");

/// Operations of `ussd_service_op` (SMPP 3.4, 5.3.2.44).
mod op {
    /// A session begins: PSSR indication.
    pub(super) const BEGIN: u16 = 0x01;
    /// We ask: USSR request.
    pub(super) const ASK: u16 = 0x02;
    /// The last page: PSSR response. In a request: the session is over.
    pub(super) const LAST: u16 = 0x11;
    /// The citizen hung up; in the dialects of 6D and MICA.
    pub(super) const ABORT: u16 = 0x81;
}

/// In `its_session_info`: the session ends. Its first byte is the number of the session.
const END_BIT: u16 = 1;

/// The two parameters, and how they were written.
struct Meta {
    op: Option<u16>,
    info: Option<u16>,
    bytes: bool,
}

pub(super) fn call(request: &Webhook) -> Result<UssdCall, Refusal> {
    let query = Fields::parse(request.query().as_bytes())?;
    let call = if request.head.method == Method::POST {
        Call::post(request, &query)?
    } else {
        Call::get(&query)?
    };
    let meta = Meta::of(request)?;
    let id = required("id=%I", query.text("id")?)?;
    let from = required("from=%p", call.from)?;
    // Some exchanges send no session: a phone has one at a time.
    let number = meta.info.map_or(0, |info| info >> 8);
    let session = UssdSession {
        id: format!("{from}/{number}"),
        from: Some(from),
    };
    let ends = meta.info.is_some_and(|info| info & END_BIT != 0);
    let dialled = call.text.trim_start().starts_with('*');
    let to = call.to.unwrap_or_default();
    let input = match meta.op {
        Some(op::BEGIN) if dialled => UssdInput::Dialled(call.text),
        Some(op::BEGIN) => UssdInput::Dialled(to.clone()),
        Some(op::LAST | op::ABORT) => return Ok(UssdCall::End(session)),
        _ if ends => return Ok(UssdCall::End(session)),
        None if dialled => UssdInput::Dialled(call.text),
        // An operation that we do not know goes on.
        _ => UssdInput::Typed(call.text),
    };
    Ok(UssdCall::Step(IncomingUssd {
        session,
        code: to,
        input,
        step: number_of(&id).map(UssdStep::Id),
    }))
}

/// Kannel's id, a UUID that is the same at every repetition, as a number.
fn number_of(id: &str) -> Option<u64> {
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    u64::from_str_radix(&digits, 16).ok()
}

pub(super) fn answer(request: &Webhook, reply: &UssdReply) -> Response {
    match reply.page() {
        Some(page) if !page.text.is_empty() => shown(request, page),
        _ => nothing(),
    }
}

fn shown(request: &Webhook, page: &UssdPage) -> Response {
    let coding = HeaderValue::from_static(coding(Alphabet::of(&page.text)));
    let mut response = ([PLAIN_TEXT, (CODING, coding)], page.text.clone()).into_response();
    let meta = Meta::of(request).ok().and_then(|meta| meta.answer(page.end));
    if let Some(meta) = meta {
        response.headers_mut().insert(META, meta);
    }
    response
}

impl Meta {
    fn of(request: &Webhook) -> Result<Self, Refusal> {
        let query = Fields::parse(request.query().as_bytes())?;
        let sent = match query.text("meta")? {
            Some(sent) => sent,
            None => request.header(META.as_str()).unwrap_or_default().to_owned(),
        };
        // `?smpp?a=b&c=d?orig?..`: the values are encoded, so that a question mark begins the next group.
        let group = sent.split("?smpp?").nth(1).unwrap_or_default();
        let fields = Fields::parse(group.split('?').next().unwrap_or_default().as_bytes())?;
        let (op, info) = (
            fields.bytes("ussd_service_op")?,
            fields.bytes("its_session_info")?,
        );
        let is_decimal = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let bytes = !op.or(info).is_some_and(is_decimal);
        let number = |value: Option<&[u8]>| value.and_then(|value| number(value, bytes));
        Ok(Self {
            op: number(op),
            info: number(info),
            bytes,
        })
    }

    /// What goes back with a page; `None` if nothing came.
    fn answer(&self, end: bool) -> Option<HeaderValue> {
        self.op?;
        let (op, bit) = if end { (op::LAST, END_BIT) } else { (op::ASK, 0) };
        let operation = if self.bytes {
            format!("%{op:02X}")
        } else {
            op.to_string()
        };
        let info = self.info.map(|info| info | bit).map(|info| {
            let [high, low] = info.to_be_bytes();
            let info = if self.bytes {
                format!("%{high:02X}%{low:02X}")
            } else {
                info.to_string()
            };
            format!("&its_session_info={info}")
        });
        let meta = format!("?smpp?ussd_service_op={operation}{}", info.unwrap_or_default());
        HeaderValue::try_from(meta).ok()
    }
}

/// A parameter of one or two bytes, or in decimal.
fn number(value: &[u8], bytes: bool) -> Option<u16> {
    if bytes {
        let number = value
            .iter()
            .fold(0, |number, byte| number << 8 | u16::from(*byte));
        return (1..=2).contains(&value.len()).then_some(number);
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}
