//! The settings of an instance, as the configuration file has them once its secrets are read.

use std::fmt;
use std::net::IpAddr;

use axum::http::Uri;
use thiserror::Error;

use super::adapter::Adapter;
use crate::encoding::pages::{Frame, MIN_PAGE_UNITS};

/// A secret: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret read from the environment or a file.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself. Never for a log, a metric or an error.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The settings of an instance: an entry of `[[carriers]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceConfig {
    /// The name in the path: 1 to 32 letters, digits, `-` and `_`.
    pub name: String,
    /// The name of the adapter.
    pub kind: String,
    /// Signing secrets: the first signs, all verify.
    pub secrets: Vec<Secret>,
    /// Which of the carrier's ways of signing it uses, where it has several.
    pub signature: Option<String>,
    /// Where the carrier reaches the instance, without the service at the end, such as
    /// `https://saqta.example.kz/v1/carriers/tw`: some sign the address. It holds the path's secret.
    pub webhook_base: Option<Secret>,
    /// The secret segment of the path, at least [`MIN_PATH_SECRET_CHARS`] (better
    /// [`GOOD_PATH_SECRET_CHARS`]) letters, digits, `-`, `_`, `.`, `~`.
    pub path_secret: Option<Secret>,
    /// User and password of HTTP Basic authentication, as `user:password`.
    pub basic: Option<Secret>,
    /// Networks that may call, such as `192.0.2.0/24`; empty: any.
    pub allow: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Our own numbers at this carrier: messages from them are never answered.
    pub own_numbers: Vec<String>,
    /// Characters that the carrier adds to each USSD page.
    pub ussd_overhead: usize,
    /// The most units of a USSD page at this carrier; `None`: what its kind and the air take.
    pub ussd_page_units: Option<usize>,
    /// Believe any sender, but serve this machine only.
    pub sandbox: bool,
    /// How many seconds lie between two questions for texts whose callbacks were lost, within
    /// [`POLL_SECONDS`](super::poll::POLL_SECONDS); `None`: nothing is asked for.
    pub poll_seconds: Option<u32>,
    /// Where and how an SMS that is no answer is sent.
    pub send: SendConfig,
}

/// The settings of sending: the keys `send_url`, `send_user`, `send_password` and `send_from`. Which are needed is the
/// adapter's matter; without `url` the instance does not send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendConfig {
    /// Where the carrier takes messages: `http://` or `https://`, without a query.
    pub url: Option<String>,
    /// Our name there.
    pub user: Option<Secret>,
    /// Our password there.
    pub password: Option<Secret>,
    /// The number or name that the messages are from.
    pub from: Option<String>,
}

/// The shortest secret path segment; a shorter one is a slip.
pub const MIN_PATH_SECRET_CHARS: usize = 6;
/// From so many random characters on, a secret path segment is beyond guessing over a network.
pub const GOOD_PATH_SECRET_CHARS: usize = 16;

/// What is wrong with the settings of an instance; names the key, never quotes a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("carriers.{name}.{key}: {problem}")]
pub struct ConfigError {
    /// The instance.
    pub name: String,
    /// The key.
    pub key: &'static str,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl InstanceConfig {
    /// What an instance with `adapter` shows of a USSD page.
    ///
    /// # Errors
    /// If it is less than the texts need.
    pub fn ussd_frame(&self, adapter: &dyn Adapter) -> Result<Frame, ConfigError> {
        let own = self.ussd_page_units.unwrap_or(usize::MAX);
        if own < MIN_PAGE_UNITS {
            let problem = format!("at least {MIN_PAGE_UNITS}; Cyrillic pages have 80 at most anyway");
            return Err(self.error("ussd_page_units", problem));
        }
        Ok(Frame {
            octets: adapter.ussd_page_octets(),
            most: own.min(adapter.ussd_page_units()),
            overhead: self.ussd_overhead,
        })
    }

    /// True if nothing tells the carrier's requests from anybody's. Then no sender is believed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        let unsigned = self.secrets.is_empty() && self.path_secret.is_none() && self.basic.is_none();
        unsigned && self.allow.is_empty() && !self.sandbox
    }

    /// True if a path secret is all that protects the instance, and it is short enough to be guessed.
    #[must_use]
    pub fn is_guessable(&self) -> bool {
        let short = |secret: &Secret| secret.reveal().len() < GOOD_PATH_SECRET_CHARS;
        let alone = self.secrets.is_empty() && self.basic.is_none() && self.allow.is_empty();
        alone && self.path_secret.as_ref().is_some_and(short)
    }

    /// The error that `key` of this instance has `problem`.
    pub fn error(&self, key: &'static str, problem: impl Into<String>) -> ConfigError {
        ConfigError {
            name: self.name.clone(),
            key,
            problem: problem.into(),
        }
    }

    /// Refuses signing secrets, for adapters of carriers that sign nothing.
    ///
    /// # Errors
    /// If there are any.
    pub fn expect_no_secrets(&self) -> Result<(), ConfigError> {
        if self.secrets.is_empty() {
            return self.expect_no_choice();
        }
        let problem = format!("{} signs nothing; use path_secret, basic or allow", self.kind);
        Err(self.error("secrets", problem))
    }

    /// The way of signing chosen among those `known` by name; `None` if nothing is signed.
    ///
    /// # Errors
    /// Secrets without a choice, a choice without secrets, or one that is not known.
    pub fn chosen_signature<T: Copy>(&self, known: &[(&str, T)]) -> Result<Option<T>, ConfigError> {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let slip = || {
            let problem = format!("with secrets, one of {}, as the carrier is set", names.join(", "));
            self.error("signature", problem)
        };
        let Some(chosen) = &self.signature else {
            return if self.secrets.is_empty() {
                Ok(None)
            } else {
                Err(slip())
            };
        };
        let found = known.iter().find(|(name, _)| name == chosen);
        let (_, method) = found.filter(|_| !self.secrets.is_empty()).ok_or_else(slip)?;
        Ok(Some(*method))
    }

    /// Refuses a choice of signature, for adapters of carriers that have one way to sign at most.
    ///
    /// # Errors
    /// If there is one.
    pub fn expect_no_choice(&self) -> Result<(), ConfigError> {
        match &self.signature {
            None => Ok(()),
            Some(_) => Err(self.error("signature", format!("{} has none to choose from", self.kind))),
        }
    }

    /// Where messages are sent to; `None` if this instance does not send.
    ///
    /// # Errors
    /// A `send_url` that is none, or other keys of sending without it.
    pub fn send_uri(&self) -> Result<Option<Uri>, ConfigError> {
        let Some(url) = &self.send.url else {
            return match self.other_send_key() {
                Some(key) => Err(self.error(key, "nothing is sent without send_url")),
                None => Ok(None),
            };
        };
        let uri = url.parse::<Uri>().ok().filter(|uri| {
            let scheme = uri.scheme_str();
            let known = scheme == Some("http") || scheme == Some("https");
            known && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none()
        });
        // The URL is not repeated: somebody may have put a password into it.
        let slip = || self.error("send_url", "looks like https://sms.example.kz/cgi-bin/sendsms");
        uri.filter(|_| !url.contains('@')).map(Some).ok_or_else(slip)
    }

    /// Where the carrier is to tell what became of a message, if it is known where it reaches us. It holds the path's secret.
    #[must_use]
    pub fn receipts(&self) -> Option<Secret> {
        let base = self.webhook_base.as_ref()?;
        Some(Secret::new(format!("{}/receipt", base.reveal())))
    }

    /// Refuses all keys of sending but `send_url`, for adapters that need no other.
    ///
    /// # Errors
    /// If another is set.
    pub fn expect_only_send_url(&self) -> Result<(), ConfigError> {
        match self.other_send_key() {
            Some(key) => Err(self.error(key, format!("{} takes send_url alone", self.kind))),
            None => Ok(()),
        }
    }

    /// The value of a key that `send_url` needs.
    ///
    /// # Errors
    /// If it is not set; `what` says what it is at the carrier.
    pub fn needed_to_send<'a, T>(
        &self,
        key: &'static str,
        value: Option<&'a T>,
        what: &str,
    ) -> Result<&'a T, ConfigError> {
        value.ok_or_else(|| self.error(key, format!("send_url needs it: {what}")))
    }

    fn other_send_key(&self) -> Option<&'static str> {
        let others = [
            ("send_user", self.send.user.is_some()),
            ("send_password", self.send.password.is_some()),
            ("send_from", self.send.from.is_some()),
        ];
        others.iter().find(|(_, is_set)| *is_set).map(|(key, _)| *key)
    }

    /// True if messages go unprotected over a network that is not this machine's own.
    #[must_use]
    pub fn sends_in_the_clear(&self) -> bool {
        let uri = self.send_uri().ok().flatten();
        uri.is_some_and(|uri| {
            uri.scheme_str() == Some("http") && !is_loopback(uri.host().unwrap_or_default())
        })
    }

    /// Refuses a name that is not fit for a path and a metric.
    ///
    /// # Errors
    /// If it [is none](is_name).
    pub(crate) fn check_name(&self) -> Result<(), ConfigError> {
        if is_name(&self.name) {
            return Ok(());
        }
        Err(self.error("name", "1 to 32 letters, digits, - and _"))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// True for the name of an instance: 1 to 32 letters, digits, `-` and `_`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=32).contains(&name.len()) && name.chars().all(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(url: &str) -> InstanceConfig {
        let mut config = InstanceConfig::default();
        config.send.url = Some(url.into());
        config
    }

    #[test]
    fn a_send_url_is_a_whole_one_without_query_and_password() {
        for url in ["http://127.0.0.1:13013/cgi-bin/sendsms", "https://sms.example.kz"] {
            let uri = sending(url).send_uri().unwrap().unwrap();
            assert_eq!(uri.to_string().trim_end_matches('/'), url);
        }
        for url in [
            "",
            "sms.example.kz",
            "/x",
            "ftp://x",
            "http://",
            "http://x/?a=b",
            "http://u:p@x/",
        ] {
            let error = sending(url).send_uri().unwrap_err();
            assert_eq!(error.key, "send_url", "{url}");
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
        assert_eq!(InstanceConfig::default().send_uri(), Ok(None));
        let mut without = InstanceConfig::default();
        without.send.password = Some(Secret::new("x"));
        assert_eq!(without.send_uri().unwrap_err().key, "send_password");
    }

    #[test]
    fn only_this_machine_may_be_spoken_to_in_the_clear() {
        for (url, clear) in [
            ("http://127.0.0.1:1/x", false),
            ("http://[::1]:1/x", false),
            ("http://localhost/x", false),
            ("https://sms.example.kz/x", false),
            ("http://sms.example.kz/x", true),
            ("http://192.0.2.1/x", true),
        ] {
            assert_eq!(sending(url).sends_in_the_clear(), clear, "{url}");
        }
    }

    #[test]
    fn an_instance_is_open_unless_something_proves_the_sender() {
        let open = InstanceConfig {
            trusted_proxies: vec!["10.0.0.0/8".into()],
            ..InstanceConfig::default()
        };
        assert!(open.is_open());
        let secret = || Secret::new("user:password");
        let proofs: [fn(&mut InstanceConfig, Secret); 5] = [
            |config, _| config.sandbox = true,
            |config, _| config.allow.push("192.0.2.1".into()),
            |config, secret| config.basic = Some(secret),
            |config, secret| config.path_secret = Some(secret),
            |config, secret| config.secrets.push(secret),
        ];
        for prove in proofs {
            let mut config = open.clone();
            prove(&mut config, secret());
            assert!(!config.is_open(), "{config:?}");
        }
    }
}
