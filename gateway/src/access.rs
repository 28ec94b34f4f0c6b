//! Who may call an instance: the machine itself for a sandbox, listed addresses, those who know the path's secret or
//! the password.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::carrier::config::{ConfigError, InstanceConfig, MIN_PATH_SECRET_CHARS, Secret};
use crate::carrier::sign::equal;
use crate::error::{Denial, Refusal};
use network::Network;

pub mod network;

/// The header in which a trusted proxy names the address it speaks for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Headers that browsers write into what a page sends to another site, and that no page can leave out.
const WRITTEN_BY_BROWSERS: [&str; 2] = ["origin", "sec-fetch-site"];

/// SHA-256 of a secret: two digests are of one length and are compared in constant time.
type Digest32 = [u8; 32];

/// The rules of one instance. All that are set must hold.
#[derive(Debug)]
pub struct Access {
    sandbox: bool,
    allow: Vec<Network>,
    proxies: Vec<Network>,
    /// The secret segment of the path.
    secret: Option<Digest32>,
    /// The credentials of the header `Authorization`, in base64 as sent.
    basic: Option<Digest32>,
}

impl Access {
    /// The rules of `config`.
    ///
    /// # Errors
    /// A network that is none, or a path secret that is short or not fit for a path.
    pub fn new(config: &InstanceConfig) -> Result<Self, ConfigError> {
        let networks = |key, texts: &[String]| {
            let parsed: Result<Vec<Network>, String> = texts.iter().map(|text| text.parse()).collect();
            parsed.map_err(|problem| config.error(key, problem))
        };
        if let Some(secret) = &config.path_secret {
            check_path_secret(config, secret)?;
        }
        Ok(Self {
            sandbox: config.sandbox,
            allow: networks("allow", &config.allow)?,
            proxies: networks("trusted_proxies", &config.trusted_proxies)?,
            secret: config.path_secret.as_ref().map(|secret| digest(secret.reveal())),
            basic: basic_credentials(config)?.map(|credentials| digest(&credentials)),
        })
    }

    /// Lets a request in, or says why not. `secret` is the secret segment of the path, if it had one.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    pub fn admit(&self, head: &Parts, secret: Option<&str>) -> Result<(), Refusal> {
        let peer = peer(&head.extensions);
        self.admit_sandbox(peer, &head.headers)
            .and_then(|()| self.admit_address(peer, &head.headers))
            .and_then(|()| self.admit_secret(secret))
            .and_then(|()| self.admit_credentials(&head.headers))
            .map_err(Refusal::Forbidden)
    }

    /// The address that a request is from, if it is known.
    #[must_use]
    pub fn source(&self, head: &Parts) -> Option<IpAddr> {
        self.caller(peer(&head.extensions)?, &head.headers)
    }

    /// A sandbox believes any sender, so only this machine may speak to it: no proxy, and no page in a browser, neither
    /// by a foreign name for 127.0.0.1 nor by its own.
    fn admit_sandbox(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Denial> {
        if !self.sandbox {
            return Ok(());
        }
        if !peer.is_some_and(|peer| peer.is_loopback()) {
            return Err(Denial::SandboxPeer);
        }
        if headers
            .keys()
            .any(|name| *name == header::FORWARDED || name.as_str().starts_with("x-forwarded-"))
        {
            return Err(Denial::SandboxForwarded);
        }
        if WRITTEN_BY_BROWSERS.iter().any(|name| headers.contains_key(*name)) {
            return Err(Denial::SandboxBrowser);
        }
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        if hosts.next().is_none() && host.is_some_and(is_loopback_host) {
            Ok(())
        } else {
            Err(Denial::SandboxHost)
        }
    }

    fn admit_address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Denial> {
        if self.allow.is_empty() {
            return Ok(());
        }
        let listed = |caller: IpAddr| self.allow.iter().any(|network| network.contains(caller));
        if peer
            .and_then(|peer| self.caller(peer, headers))
            .is_some_and(listed)
        {
            Ok(())
        } else {
            Err(Denial::Address)
        }
    }

    /// The address that calls: the peer, or behind trusted proxies the last one named that is not a proxy of ours
    /// (those before it anybody may have written). `None` if a proxy names nobody we can read.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let is_proxy = |address: IpAddr| self.proxies.iter().any(|network| network.contains(address));
        if !is_proxy(peer) {
            return Some(peer);
        }
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        lines
            .flat_map(|line| line.to_str().unwrap_or_default().rsplit(','))
            .map(|named| named.trim().parse().ok())
            .find(|named: &Option<IpAddr>| !named.is_some_and(is_proxy))
            .flatten()
    }

    fn admit_secret(&self, given: Option<&str>) -> Result<(), Denial> {
        let right = match (&self.secret, given) {
            (None, None) => true,
            (Some(own), Some(given)) => equal(own, &digest(given)),
            _ => false,
        };
        if right { Ok(()) } else { Err(Denial::Secret) }
    }

    fn admit_credentials(&self, headers: &HeaderMap) -> Result<(), Denial> {
        let Some(own) = &self.basic else {
            return Ok(());
        };
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let right = given
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .is_some_and(|(_, given)| equal(own, &digest(given.trim())));
        if right { Ok(()) } else { Err(Denial::Credentials) }
    }
}

/// The address that a request came from, perhaps of a proxy.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.ip().to_canonical())
}

fn check_path_secret(config: &InstanceConfig, secret: &Secret) -> Result<(), ConfigError> {
    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    if secret.reveal().len() >= MIN_PATH_SECRET_CHARS && secret.reveal().chars().all(fit) {
        return Ok(());
    }
    let problem = format!("at least {MIN_PATH_SECRET_CHARS} letters, digits, - _ . ~ (it is part of an URL)");
    Err(config.error("path_secret", problem))
}

/// The credentials as they are sent: base64 of `user:password`.
fn basic_credentials(config: &InstanceConfig) -> Result<Option<String>, ConfigError> {
    let Some(basic) = &config.basic else {
        return Ok(None);
    };
    match basic.reveal().split_once(':') {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => {
            Ok(Some(BASE64.encode(basic.reveal())))
        }
        _ => Err(config.error("basic", "written user:password")),
    }
}

fn digest(secret: &str) -> Digest32 {
    Sha256::digest(secret.as_bytes()).into()
}

/// True for `localhost`, `127.x.y.z` and `[::1]`, with or without a port.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests;
