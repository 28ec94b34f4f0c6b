//! `get.php`: the texts that came in, for those whose callbacks were lost.

use axum::body::Bytes;
use axum::http::{Request, Response, Uri};
use serde::Deserialize;
use serde_json::Value;

use super::Account;
use crate::carrier::IncomingSms;
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::poll::{Polled, Polls, Unread};
use crate::carrier::send::post_form;

/// The error that there is nothing to list.
const NOTHING_FOUND: i64 = 3;

pub(super) struct Inbox {
    uri: Uri,
    account: Account,
}

impl Inbox {
    /// The inbox in the folder of `send.php`.
    pub(super) fn beside(send: &Uri, account: Account, config: &InstanceConfig) -> Result<Self, ConfigError> {
        let text = send.to_string();
        let folder = text
            .strip_suffix("send.php")
            .map(|folder| format!("{folder}get.php"));
        let uri = folder.and_then(|uri| uri.parse().ok());
        let slip = || {
            config.error(
                "poll_seconds",
                "get.php is asked, beside a send_url that ends with /send.php",
            )
        };
        Ok(Self {
            uri: uri.ok_or_else(slip)?,
            account,
        })
    }
}

/// A response: texts, or what is wrong. Numbers are seen with and without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Texts(Vec<Text>),
    Fault { error_code: i64 },
}

#[derive(Deserialize)]
struct Text {
    id: Option<Value>,
    phone: Option<Value>,
    message: Option<Value>,
    to_phone: Option<Value>,
}

impl Text {
    /// The text, if it is whole.
    fn read(self) -> Option<Polled> {
        let id = plain(self.id?)?;
        Some(Polled {
            number: id.parse().ok()?,
            sms: IncomingSms {
                id: Some(id),
                from: plain(self.phone?)?,
                to: plain(self.to_phone?)?,
                text: plain(self.message?)?,
                part: None,
                link: None,
            },
        })
    }
}

fn plain(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Polls for Inbox {
    /// By POST, so that the password is in no address.
    fn request(&self, after: Option<u64>) -> Request<Bytes> {
        let after = after.map(|after| after.to_string());
        let mut fields = self.account.fields();
        fields.push(("get_answers", "1"));
        fields.push(match &after {
            Some(after) => ("after_id", after),
            None => ("hour", "1"),
        });
        post_form(&self.uri, &fields)
    }

    fn read(&self, response: &Response<Bytes>) -> Result<Vec<Polled>, Unread> {
        if !response.status().is_success() {
            return Err(Unread::Fault(response.status().as_u16().into()));
        }
        match serde_json::from_slice(response.body()) {
            Ok(Answer::Texts(texts)) => Ok(texts.into_iter().filter_map(Text::read).collect()),
            Ok(Answer::Fault {
                error_code: NOTHING_FOUND,
            }) => Ok(Vec::new()),
            Ok(Answer::Fault { error_code }) => Err(Unread::Fault(error_code)),
            Err(_) => Err(Unread::Unknown),
        }
    }
}
