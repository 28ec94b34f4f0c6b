//! What a server is to serve: the configuration and the command line, read and checked before anything is opened.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use saqta_data::office::Retention;
use saqta_gateway::carrier::config::{GOOD_PATH_SECRET_CHARS, InstanceConfig};
use saqta_gateway::carriers;
use saqta_gateway::exchange::Policy;

use crate::cli::Serve;
use crate::config::{Carrier, Config, Operators, SecretRef};
use crate::failure::Failure;
use crate::handset::is_ussd_code;

/// Where carriers reach the gateway, unless told otherwise.
const GATEWAY_PORT: u16 = 8414;
/// Where health and metrics are answered, unless told otherwise.
const ADMIN_PORT: u16 = 8415;

/// What is to be served. `Display` is what `serve --check` prints; it holds no secret.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) store: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) instances: Vec<InstanceConfig>,
    pub(crate) policy: Policy,
    pub(crate) operators: Operators,
    /// Look-ups an hour of operators below senior; `None`: the desk's default.
    pub(crate) lookups_per_hour: Option<u32>,
    pub(crate) retention: Retention,
    public_url: String,
    /// How the path secret of each instance is referred to, for the URLs printed.
    secret_names: Vec<Option<String>>,
}

impl Plan {
    /// The plan of `serve`.
    pub(crate) fn of_serve(args: &Serve, config: &Config) -> Result<Self, Failure> {
        let file = &config.file;
        let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listen = args.listen.or(file.listen).unwrap_or_else(|| here(GATEWAY_PORT));
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
            listen,
            admin_listen,
            instances: Vec::new(),
            policy: policy(config)?,
            operators: config.file.operators.clone(),
            lookups_per_hour: config.file.lookups_per_hour,
            retention: retention(config),
            public_url: public_url(config, listen)?,
            secret_names: Vec::new(),
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
        let key = |key: &str| format!("carriers.{}.{key}", carrier.name);
        let secrets = carrier
            .secrets
            .iter()
            .map(|secret| config.secret(&key("secrets"), secret));
        let secret = |name: &str, reference: &Option<SecretRef>| {
            reference
                .as_ref()
                .map(|reference| config.secret(&key(name), reference))
                .transpose()
        };
        self.secret_names
            .push(carrier.path_secret.as_ref().map(ToString::to_string));
        self.instances.push(InstanceConfig {
            name: carrier.name.clone(),
            kind: carrier.kind.clone(),
            secrets: secrets.collect::<Result<_, _>>()?,
            path_secret: secret("path_secret", &carrier.path_secret)?,
            basic: secret("basic", &carrier.basic)?,
            allow: carrier.allow.clone(),
            trusted_proxies: config.file.trusted_proxies.clone(),
            own_numbers: own_numbers(config, &carrier.own_numbers),
            ussd_overhead: carrier.ussd_overhead,
            sandbox: false,
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
            self.secret_names.push(None);
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
        return Ok(format!("http://{listen}"));
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

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "store      {}", self.store.display())?;
        writeln!(f, "gateway    {}", self.listen)?;
        writeln!(f, "admin      {} (/healthz /readyz /metrics)", self.admin_listen)?;
        writeln!(f, "USSD code  {}", self.policy.ussd_code)?;
        writeln!(f, "operators  this account (senior){}", listed(&self.operators))?;
        if self.instances.is_empty() {
            writeln!(
                f,
                "\nno carriers: add [[carriers]] to the configuration, or try --sandbox"
            )?;
        }
        let names = self.secret_names.iter().map(Option::as_deref);
        for (instance, secret) in self.instances.iter().zip(names) {
            writeln!(f)?;
            self.write_instance(f, instance, secret)?;
        }
        Ok(())
    }
}

impl Plan {
    fn write_instance(
        &self,
        f: &mut fmt::Formatter<'_>,
        instance: &InstanceConfig,
        secret: Option<&str>,
    ) -> fmt::Result {
        let InstanceConfig { name, kind, .. } = instance;
        let base = if instance.sandbox {
            format!("http://{}", self.listen)
        } else {
            self.public_url.clone()
        };
        // The secret itself is not printed: a reference says where it is.
        let segment = secret
            .map(|reference| format!("/<{reference}>"))
            .unwrap_or_default();
        let path = format!("{base}/v1/carriers/{name}{segment}");
        writeln!(f, "carrier {name} ({kind})")?;
        if instance.is_open() {
            writeln!(
                f,
                "  WARNING: anybody could call it, so every phone counts as not bound; set path_secret, basic or allow"
            )?;
        }
        if instance.is_guessable() {
            writeln!(
                f,
                "  WARNING: path_secret is short enough to be guessed; take {GOOD_PATH_SECRET_CHARS} random characters"
            )?;
        }
        if instance.sandbox {
            writeln!(f, "  believes any sender; answers this machine only")?;
        }
        if kind == "kannel" {
            write_kannel(f, &path)
        } else {
            writeln!(f, "  {path}/sms\n  {path}/ussd")
        }
    }
}

/// The group of Kannel's configuration that makes it ask here.
fn write_kannel(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    let query = "id=%I&from=%p&to=%P&text=%b&coding=%c&charset=%C";
    let lines = [
        "group = sms-service".to_owned(),
        "keyword = default".to_owned(),
        "catch-all = true".to_owned(),
        format!("get-url = \"{path}/sms?{query}\""),
        "accept-x-kannel-headers = true".to_owned(),
        "omit-empty = true".to_owned(),
        "max-messages = 5".to_owned(),
        "concatenation = true".to_owned(),
    ];
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

fn listed(operators: &Operators) -> String {
    let users = operators
        .users
        .iter()
        .map(|(name, role)| format!(", {name} ({})", role.code()));
    let groups = operators
        .groups
        .iter()
        .map(|(name, role)| format!(", group {name} ({})", role.code()));
    users.chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn plan(toml: &str, listen: &str, sandbox: bool) -> Result<Plan, String> {
        let config = Config::read("test.toml".into(), toml, Path::new("")).map_err(|e| e.to_string())?;
        let listen = listen.parse().unwrap();
        Plan::new(&config, "/s".into(), listen, listen, sandbox).map_err(|e| e.to_string())
    }

    #[test]
    fn a_sandbox_is_for_this_machine_only() {
        for address in ["127.0.0.1:1", "[::1]:1"] {
            assert_eq!(plan("", address, true).unwrap().instances.len(), 2);
        }
        for address in ["0.0.0.0:1", "192.0.2.1:1", "[::]:1"] {
            assert!(
                plan("", address, true)
                    .unwrap_err()
                    .contains("loopback address only")
            );
            assert!(plan("", address, false).is_ok());
        }
        let twin = "[[carriers]]\nname = \"kannel\"\nkind = \"kannel\"";
        assert!(plan(twin, "127.0.0.1:1", true).unwrap_err().contains("rename it"));
    }

    #[test]
    fn what_is_printed_can_be_pasted_and_holds_no_secret() {
        let toml = "public_url = \"https://saqta.example.kz/\"\nown_numbers = [\"1414\"]\ntrusted_proxies = [\"192.0.2.1\"]\n\
            [[carriers]]\nname = \"k\"\nkind = \"kannel\"\npath_secret = \"env:PATH\"\nown_numbers = [\"1415\"]";
        let plan = plan(toml, "127.0.0.1:8414", false).unwrap();
        let text = plan.to_string();
        let url = "get-url = \"https://saqta.example.kz/v1/carriers/k/<env:PATH>/sms?id=%I&from=%p&to=%P\
            &text=%b&coding=%c&charset=%C\"";
        assert!(text.contains(url), "{text}");
        let secret = plan.instances[0].path_secret.as_ref().unwrap().reveal();
        assert!(!text.contains(secret) && !format!("{plan:?}").contains(secret));
        assert_eq!(plan.instances[0].own_numbers, ["1414", "1415"]);
        assert_eq!(plan.instances[0].trusted_proxies, ["192.0.2.1"]);
        assert_eq!(plan.unprotected().count(), 0);
    }

    #[test]
    fn an_instance_that_anybody_can_call_is_pointed_out() {
        let open = plan(
            "[[carriers]]\nname = \"k\"\nkind = \"kannel\"",
            "127.0.0.1:1",
            true,
        )
        .unwrap();
        assert_eq!(
            open.unprotected().map(|i| i.name.as_str()).collect::<Vec<_>>(),
            ["k"]
        );
        assert_eq!(open.to_string().matches("WARNING").count(), 1);
    }

    #[test]
    fn settings_reach_the_policy() {
        let toml = "unbound = \"nothing\"\nussd_code = \"*500#\"\njournal_months = 6\n[limits]\niins_per_phone_a_day = 3";
        let planned = plan(toml, "127.0.0.1:1", false).unwrap();
        assert_eq!(
            (
                planned.policy.ussd_code.as_str(),
                planned.policy.iins_per_phone_a_day
            ),
            ("*500#", 3)
        );
        assert_eq!(planned.policy.unbound, saqta_gateway::exchange::Unbound::Nothing);
        assert_eq!(planned.retention.journal_months, 6);
        assert!(plan("ussd_code = \"*500*1#\"", "127.0.0.1:1", false).is_ok());
        for slip in [
            "public_url = \"saqta.example.kz\"",
            "public_url = \"https://\"",
            "public_url = \"https://x/?a=b\"",
            "ussd_code = \"1414\"",
            "ussd_code = \"*#\"",
            "ussd_code = \"*14 14#\"",
            "ussd_code = \"*14**14#\"",
        ] {
            assert!(plan(slip, "127.0.0.1:1", false).is_err(), "{slip}");
        }
    }
}
