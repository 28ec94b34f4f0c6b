//! smsc.kz (and smsc.ru): a query, a form or JSON for an SMS, acknowledged with 200; the answer goes through `send.php`.
//! Texts whose callbacks were lost are asked for at `get.php`.
//!
//! The address of the callback must end with `?charset=utf-8`: the default of smsc, windows-1251, cannot hold Kazakh.

use axum::body::Bytes;
use axum::http::{Method, Request, Response as HttpResponse, Uri};
use axum::response::{IntoResponse, Response};
use saqta_data::clock::Timestamp;
use saqta_data::office::Delivery;
use serde::Deserialize;

use crate::carrier::adapter::{Adapter, Receipt, Service, Webhook, refuse_once};
use crate::carrier::config::{ConfigError, InstanceConfig, Secret};
use crate::carrier::poll::Polls;
use crate::carrier::send::{Errand, Sends, Verdict, post_form};
use crate::carrier::sign::{self, Algorithm};
use crate::carrier::wire::Fields;
use crate::carrier::{Ids, IncomingSms, OutgoingSms, SmsReply};
use crate::error::Refusal;
use inbox::Inbox;

mod inbox;
#[cfg(test)]
pub(super) mod tests;

struct Smsc {
    secrets: Vec<Secret>,
    hash: Hash,
    ids: Ids,
    api: Option<Api>,
    inbox: Option<Inbox>,
}

/// With what the callbacks are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha1,
}

impl Hash {
    /// The name, which is also that of the field.
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
        }
    }

    fn of(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Algorithm::Md5.hash(text),
            Self::Sha1 => Algorithm::Sha1.hash(text),
        }
    }
}

pub(super) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    let hash = config.chosen_signature(&[("md5", Hash::Md5), ("sha1", Hash::Sha1)])?;
    let (mut api, mut inbox) = (None, None);
    if let Some(uri) = config.send_uri()? {
        let account = Account::new(config)?;
        if config.poll_seconds.is_some() {
            inbox = Some(Inbox::beside(&uri, account.clone(), config)?);
        }
        api = Some(Api {
            uri,
            account,
            from: config.send.from.clone(),
        });
    }
    Ok(Box::new(Smsc {
        secrets: config.secrets.clone(),
        // Without secrets nothing is signed.
        hash: hash.unwrap_or(Hash::Md5),
        ids: if config.allow.is_empty() {
            Ids::Unproven
        } else {
            Ids::Proven
        },
        api,
        inbox,
    }))
}

/// What is signed before the secret: of a message `phone:mes:to:`, of a status `id:phone:status:`, of a call `phone:ts:`.
fn signed_text(fields: &Fields<'_>) -> Result<Vec<u8>, Refusal> {
    let names: &[_] = if fields.bytes("mes")?.is_some() {
        &["phone", "mes", "to"]
    } else if fields.bytes("status")?.is_some() {
        &["id", "phone", "status"]
    } else {
        &["phone", "ts"]
    };
    let mut text = Vec::new();
    for name in names {
        let value = fields.bytes(name)?.unwrap_or_default();
        // Else the end of one field could be taken for the beginning of the next.
        if *name != "mes" && value.contains(&b':') {
            return Err(sign::unsigned());
        }
        text.extend(value);
        text.push(b':');
    }
    Ok(text)
}

impl Adapter for Smsc {
    fn methods(&self, service: Service) -> &'static [Method] {
        match service {
            Service::Sms | Service::Receipt => &[Method::GET, Method::POST],
            Service::Ussd => &[],
        }
    }

    /// Neither a time nor the id is signed: what the carrier sends again is known by its id, but whoever has seen one callback
    /// can send it again under another ([`Adapter::ids`]): path secret and Basic authentication were in it, too. An IP list
    /// keeps such a sender out; then ids are believed.
    fn verify(&self, request: &Webhook, _now: Timestamp) -> Result<(), Refusal> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        let check = || {
            let fields = Fields::of(request)?;
            let given = fields.required(self.hash.name())?;
            Ok::<_, Refusal>((hex::decode(given), signed_text(&fields)?))
        };
        let Ok((Ok(given), text)) = check() else {
            return Err(sign::unsigned());
        };
        sign::verify(&self.secrets, &given, |secret| {
            self.hash.of(&[&text, secret.reveal().as_bytes()].concat())
        })
    }

    fn sms(&self, request: &Webhook) -> Result<Vec<IncomingSms>, Refusal> {
        let fields = Fields::of(request)?;
        let Some(text) = fields.text("mes")? else {
            // What became of a message, or somebody called.
            let is_other = fields.bytes("status")?.is_some() || fields.bytes("ts")?.is_some();
            return if is_other {
                Ok(Vec::new())
            } else {
                Err(Refusal::malformed("mes is missing"))
            };
        };
        let id = match fields.text("id")?.filter(|id| !id.is_empty()) {
            Some(id) => id,
            None => fields.required("sms_id")?,
        };
        Ok(vec![IncomingSms {
            id: Some(id),
            from: fields.required("phone")?,
            to: fields.required("to")?,
            text,
            part: None,
            link: None,
        }])
    }

    fn sms_answer(&self, _request: &Webhook, _replies: &[SmsReply]) -> Response {
        ().into_response()
    }

    fn answers_later(&self) -> bool {
        true
    }

    /// -1 waits, 0 is with the operator, 1 delivered, 2 read; 3 and from 20 on it did not arrive.
    fn receipts(&self, request: &Webhook) -> Result<Vec<Receipt>, Refusal> {
        let fields = Fields::of(request)?;
        let status: i32 = fields
            .required("status")?
            .parse()
            .map_err(|_| Refusal::malformed("status is no number"))?;
        let delivery = match status {
            1 | 2 => Delivery::Delivered,
            ..=0 => Delivery::Pending,
            _ => Delivery::Failed,
        };
        let id = fields.required("id")?;
        Ok(vec![Receipt { id, delivery }])
    }

    fn ids(&self) -> Ids {
        self.ids
    }

    fn sends(&self) -> Option<&dyn Sends> {
        self.api.as_ref().map(|api| api as &dyn Sends)
    }

    fn polls(&self) -> Option<&dyn Polls> {
        self.inbox.as_ref().map(|inbox| inbox as &dyn Polls)
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        refuse_once(refusal, ().into_response())
    }
}

/// An account there.
#[derive(Clone)]
struct Account {
    /// The login; without it the password is an API key.
    login: Option<Secret>,
    password: Secret,
}

impl Account {
    fn new(config: &InstanceConfig) -> Result<Self, ConfigError> {
        let send = &config.send;
        let what = "the password of send_user, or an API key without one";
        let password = config.needed_to_send("send_password", send.password.as_ref(), what)?;
        Ok(Self {
            login: send.user.clone(),
            password: password.clone(),
        })
    }

    /// The fields with which every request begins.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let mut fields = match &self.login {
            Some(login) => vec![("login", login.reveal()), ("psw", self.password.reveal())],
            None => vec![("apikey", self.password.reveal())],
        };
        fields.extend([("charset", "utf-8"), ("fmt", "3")]);
        fields
    }
}

/// `send.php`.
struct Api {
    uri: Uri,
    account: Account,
    /// A name that is registered there: no number texted to takes its place.
    from: Option<String>,
}

#[derive(Deserialize)]
struct Taken {
    id: Option<serde_json::Value>,
    error_code: Option<i64>,
}

impl Sends for Api {
    fn request(&self, sms: &OutgoingSms, _errand: Errand<'_>) -> Request<Bytes> {
        let to = sms.to.reveal();
        let mut fields = self.account.fields();
        fields.extend([("phones", to.as_str()), ("mes", &sms.text)]);
        fields.extend(self.from.as_deref().map(|from| ("sender", from)));
        post_form(&self.uri, &fields)
    }

    /// A fault comes with 200 too: 2 wrong password, 3 no money left, 4 our address is blocked for a while, 9 the same
    /// message twice in a minute, so the phone has it; the others are of the message.
    fn judge(&self, response: &HttpResponse<Bytes>) -> Verdict {
        let verdict = Verdict::of_status(response);
        if !matches!(verdict, Verdict::Sent(_)) {
            return verdict;
        }
        let taken: Option<Taken> = serde_json::from_slice(response.body()).ok();
        match taken.map(|taken| (taken.error_code, taken.id)) {
            Some((None, Some(serde_json::Value::String(id)))) => Verdict::Sent(Some(id)),
            Some((None, Some(id))) => Verdict::Sent(Some(id.to_string())),
            Some((Some(2..=4), _)) => Verdict::Pause(None),
            Some((Some(9), _)) => Verdict::Sent(None),
            _ => Verdict::Refused,
        }
    }
}
