//! What a server is to serve: the configuration and the command line, read and checked before anything is opened.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use saqta_data::office::Retention;
use saqta_data::store::sled::SledOptions;
use saqta_gateway::carrier::config::{InstanceConfig, Secret, SendConfig};
use saqta_gateway::carriers;
use saqta_gateway::exchange::Policy;

use crate::cli::Serve;
use crate::cli::is_ussd_code;
use crate::config::{Carrier, Config, Operators, SecretRef};
use crate::failure::Failure;
use crate::open;
use crate::tls::TlsFiles;

mod printed;

/// Where carriers reach the gateway, unless told otherwise.
const GATEWAY_PORT: u16 = 8414;
/// Where health and metrics are answered, unless told otherwise.
const ADMIN_PORT: u16 = 8415;

/// What is to be served. `Display` is what `serve --check` prints; it holds no secret.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) store: PathBuf,
    pub(crate) store_options: SledOptions,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    /// How the gateway speaks TLS; `None`: it does not.
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) instances: Vec<InstanceConfig>,
    pub(crate) policy: Policy,
    pub(crate) operators: Operators,
    /// Look-ups an hour of operators below senior; `None`: the desk's default.
    pub(crate) lookups_per_hour: Option<u32>,
    pub(crate) retention: Retention,
    public_url: String,
    /// How the secrets of each instance are referred to, for what is printed.
    references: Vec<References>,
}

/// How secrets of an instance are referred to: they themselves are not printed.
#[derive(Clone, Debug, Default)]
struct References {
    path_secret: Option<String>,
    send_user: Option<String>,
    send_password: Option<String>,
}

impl References {
    fn of(carrier: &Carrier) -> Self {
        let name =
            |reference: &Option<SecretRef>| reference.as_ref().map(|reference| format!("<{reference}>"));
        Self {
            path_secret: name(&carrier.path_secret),
            send_user: name(&carrier.send_user),
            send_password: name(&carrier.send_password),
        }
    }
}

impl Plan {
    /// The plan of `serve`.
    pub(crate) fn of_serve(args: &Serve, config: &Config) -> Result<Self, Failure> {
        let file = &config.file;
        let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listen = args
            .listen
            .or(file.listen.address)
            .unwrap_or_else(|| here(GATEWAY_PORT));
        let admin_listen = args
            .admin_listen
            .or(file.admin_listen)
            .unwrap_or_else(|| here(ADMIN_PORT));
        let store = config.store(args.store.store.as_deref())?;
        let sandbox = args.sandbox.or(file.sandbox).unwrap_or_default();
        Self::new(config, store, listen, admin_listen, sandbox)
    }

    /// A plan with these addresses.
    pub(crate) fn new(
        config: &Config,
        store: PathBuf,
        listen: SocketAddr,
        admin_listen: SocketAddr,
        sandbox: bool,
    ) -> Result<Self, Failure> {
        let mut plan = Self {
            store,
            store_options: open::store_options(config)?,
            listen,
            admin_listen,
            tls: tls_files(config)?,
            instances: Vec::new(),
            policy: policy(config)?,
            operators: config.file.operators.clone(),
            lookups_per_hour: config.file.lookups_per_hour,
            retention: retention(config),
            public_url: public_url(config, listen)?,
            references: Vec::new(),
        };
        for carrier in &config.file.carriers {
            plan.add_carrier(config, carrier.get_ref())?;
        }
        if sandbox {
            plan.add_sandboxes(config)?;
        }
        Ok(plan)
    }

    fn add_carrier(&mut self, config: &Config, carrier: &Carrier) -> Result<(), Failure> {
        let look_up = |key: &str, reference: &SecretRef| config.secret(&carrier.name, key, reference);
        let secrets = carrier.secrets.iter().map(|secret| look_up("secrets", secret));
        let secret = |key: &str, reference: &Option<SecretRef>| {
            reference
                .as_ref()
                .map(|reference| look_up(key, reference))
                .transpose()
        };
        let path_secret = secret("path_secret", &carrier.path_secret)?;
        let segment = path_secret.as_ref().map(Secret::reveal);
        self.references.push(References::of(carrier));
        self.instances.push(InstanceConfig {
            name: carrier.name.clone(),
            kind: carrier.kind.clone(),
            secrets: secrets.collect::<Result<_, _>>()?,
            signature: carrier.signature.clone(),
            // What listens on this machine is no address for a carrier.
            webhook_base: config.file.public_url.as_ref().map(|_| {
                let base = webhook_base(&self.public_url, &carrier.name, segment);
                Secret::new(base)
            }),
            path_secret,
            basic: secret("basic", &carrier.basic)?,
            allow: carrier.allow.clone(),
            trusted_proxies: config.file.trusted_proxies.clone(),
            own_numbers: own_numbers(config, &carrier.own_numbers),
            ussd_overhead: carrier.ussd_overhead,
            ussd_page_units: carrier.ussd_page_units,
            sandbox: false,
            poll_seconds: carrier.poll_seconds,
            send: SendConfig {
                url: carrier.send_url.clone(),
                user: secret("send_user", &carrier.send_user)?,
                password: secret("send_password", &carrier.send_password)?,
                from: carrier.send_from.clone(),
            },
        });
        Ok(())
    }

    /// The instances that believe any sender. On an address that others reach, anybody could ask in any name.
    fn add_sandboxes(&mut self, config: &Config) -> Result<(), Failure> {
        if !self.listen.ip().is_loopback() {
            return Err(Failure::new(format!(
                "--sandbox believes any sender, so it is served on a loopback address only, not on {}",
                self.listen
            )));
        }
        for mut sandbox in carriers::sandboxes() {
            if self
                .instances
                .iter()
                .any(|instance| instance.name == sandbox.name)
            {
                return Err(Failure::new(format!(
                    "--sandbox adds a carrier named {:?}, and one is configured by this name; rename it",
                    sandbox.name
                )));
            }
            sandbox.own_numbers = own_numbers(config, &[]);
            self.instances.push(sandbox);
            self.references.push(References::default());
        }
        Ok(())
    }

    /// True if all but carriers, secrets and certificates is as in `other`: it does not change while a server runs.
    pub(crate) fn stands_on(&self, other: &Self) -> bool {
        let addresses = |plan: &Self| (plan.store.clone(), plan.listen, plan.admin_listen);
        addresses(self) == addresses(other)
            && self.policy == other.policy
            && self.operators == other.operators
            && self.lookups_per_hour == other.lookups_per_hour
            && self.retention == other.retention
            && self.store_options == other.store_options
    }

    /// Refuses sandboxes, which believe anybody, on another address than that of `running`: they would be served there.
    pub(crate) fn check_reload(&self, running: &Self) -> Result<(), Failure> {
        let has_sandbox = self.instances.iter().any(|instance| instance.sandbox);
        if has_sandbox && self.listen != running.listen {
            return Err(Failure::new(
                "listen changes by a restart only, and a sandbox is served on a loopback address only",
            ));
        }
        Ok(())
    }

    /// The instances whose only secret could be guessed.
    pub(crate) fn guessable(&self) -> impl Iterator<Item = &InstanceConfig> {
        self.instances.iter().filter(|instance| instance.is_guessable())
    }

    /// The instances that anybody could call.
    pub(crate) fn unprotected(&self) -> impl Iterator<Item = &InstanceConfig> {
        self.instances.iter().filter(|instance| instance.is_open())
    }
}

/// Where a carrier reaches its instance, without the service at the end.
fn webhook_base(public_url: &str, name: &str, secret: Option<&str>) -> String {
    let segment = secret.map(|secret| format!("/{secret}")).unwrap_or_default();
    format!("{public_url}/v1/carriers/{name}{segment}")
}

fn tls_files(config: &Config) -> Result<Option<TlsFiles>, Failure> {
    let listen = &config.file.listen;
    let path = |path: &Option<PathBuf>| config.path(path.as_ref());
    match (
        path(&listen.tls_cert),
        path(&listen.tls_key),
        path(&listen.client_ca),
    ) {
        (Some(cert), Some(key), client_ca) => Ok(Some(TlsFiles { cert, key, client_ca })),
        (None, None, None) => Ok(None),
        _ => Err(Failure::of(
            &config.name,
            "[listen] TLS needs both tls_cert and tls_key; client_ca alone protects nothing",
        )),
    }
}

fn policy(config: &Config) -> Result<Policy, Failure> {
    let (file, default) = (&config.file, Policy::default());
    let ussd_code = file.ussd_code.clone().unwrap_or(default.ussd_code);
    if !is_ussd_code(&ussd_code) {
        return Err(Failure::of(&config.name, "ussd_code looks like *1414#"));
    }
    Ok(Policy {
        unbound: file.unbound,
        ussd_code,
        iins_per_phone_a_day: file
            .limits
            .iins_per_phone_a_day
            .unwrap_or(default.iins_per_phone_a_day),
        phones_per_iin_a_day: file
            .limits
            .phones_per_iin_a_day
            .unwrap_or(default.phones_per_iin_a_day),
        unbound_lookups_a_minute: file
            .limits
            .unbound_lookups_a_minute
            .or(default.unbound_lookups_a_minute),
        helps_an_hour: file.limits.helps_an_hour.unwrap_or(default.helps_an_hour),
        sms_per_phone_a_minute: file
            .limits
            .sms_per_phone_a_minute
            .unwrap_or(default.sms_per_phone_a_minute),
        sms_per_phone_a_day: file
            .limits
            .sms_per_phone_a_day
            .unwrap_or(default.sms_per_phone_a_day),
        sms_a_minute: file.limits.sms_a_minute.or(default.sms_a_minute),
        ..default
    })
}

fn retention(config: &Config) -> Retention {
    let default = Retention::default();
    Retention {
        journal_months: config.file.journal_months.unwrap_or(default.journal_months),
        journal_lines: config.file.journal_lines.unwrap_or(default.journal_lines),
    }
}

/// The numbers for all carriers and those of one.
fn own_numbers(config: &Config, of_carrier: &[String]) -> Vec<String> {
    config
        .file
        .own_numbers
        .iter()
        .chain(of_carrier)
        .cloned()
        .collect()
}

fn public_url(config: &Config, listen: SocketAddr) -> Result<String, Failure> {
    let Some(url) = &config.file.public_url else {
        let listen_file = &config.file.listen;
        let scheme = if listen_file.tls_cert.is_some() {
            "https"
        } else {
            "http"
        };
        return Ok(format!("{scheme}://{listen}"));
    };
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    if is_url
        && url
            .parse::<hyper::Uri>()
            .is_ok_and(|uri| uri.host().is_some() && uri.query().is_none())
    {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Err(Failure::of(
        &config.name,
        "public_url looks like https://saqta.example.kz",
    ))
}

#[cfg(test)]
mod tests;
