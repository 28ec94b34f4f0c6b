//! What `serve --check` prints of a plan.

use std::fmt;

use saqta_gateway::carrier::config::{GOOD_PATH_SECRET_CHARS, InstanceConfig};

use super::{Plan, References, webhook_base};
use crate::config::Operators;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "store      {}", self.store.display())?;
        let tls = match &self.tls {
            None => "",
            Some(files) if files.client_ca.is_some() => " (TLS, callers show a certificate)",
            Some(_) => " (TLS)",
        };
        writeln!(f, "gateway    {}{tls}", self.listen)?;
        writeln!(f, "admin      {} (/healthz /readyz /metrics)", self.admin_listen)?;
        writeln!(f, "USSD code  {}", self.policy.ussd_code)?;
        writeln!(f, "operators  this account (senior){}", listed(&self.operators))?;
        if self.instances.is_empty() {
            writeln!(
                f,
                "\nno carriers: add [[carriers]] to the configuration, or try --sandbox"
            )?;
        }
        for (instance, references) in self.instances.iter().zip(&self.references) {
            writeln!(f)?;
            self.write_instance(f, instance, references)?;
        }
        Ok(())
    }
}

impl Plan {
    fn write_instance(
        &self,
        f: &mut fmt::Formatter<'_>,
        instance: &InstanceConfig,
        references: &References,
    ) -> fmt::Result {
        let InstanceConfig { name, kind, .. } = instance;
        let base = if instance.sandbox {
            format!(
                "{}://{}",
                if self.tls.is_some() { "https" } else { "http" },
                self.listen
            )
        } else {
            self.public_url.clone()
        };
        let path = webhook_base(&base, name, references.path_secret.as_deref());
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
        write_sending(f, instance)?;
        if kind == "kannel" {
            write_kannel(f, &path)?;
            write_kannel_ussd(f, &path)?;
            write_sendsms(f, instance, references)
        } else {
            write_addresses(f, kind, &path)
        }
    }
}

/// What is to be entered at the carrier.
fn write_addresses(f: &mut fmt::Formatter<'_>, kind: &str, path: &str) -> fmt::Result {
    let lines = match kind {
        "jasmin" => vec![
            "in jcli, with a free number for the order of the route:".to_owned(),
            "httpccm -a".to_owned(),
            "cid saqta".to_owned(),
            format!("url {path}/sms"),
            "method POST".to_owned(),
            "ok".to_owned(),
            "morouter -a".to_owned(),
            "type DefaultRoute".to_owned(),
            "connector http(saqta)".to_owned(),
            "ok".to_owned(),
            "persist".to_owned(),
        ],
        "twilio" => vec![
            "\"A message comes in\" of the number, HTTP POST:".to_owned(),
            format!("{path}/sms"),
        ],
        "vonage" => vec![
            "the account's webhook for inbound SMS, and for delivery receipts:".to_owned(),
            format!("{path}/sms"),
            format!("{path}/receipt"),
        ],
        "smsc" => vec![
            "the account's callback for incoming messages, and for statuses:".to_owned(),
            format!("{path}/sms?charset=utf-8"),
            format!("{path}/receipt?charset=utf-8"),
        ],
        "africastalking" => vec![
            "the callbacks for incoming messages, delivery reports and USSD:".to_owned(),
            format!("{path}/sms"),
            format!("{path}/receipt"),
            format!("{path}/ussd"),
        ],
        "infobip" => vec![
            "forward inbound messages to the first, send delivery reports to the second; USSD sessions lie below the third:"
                .to_owned(),
            format!("{path}/sms"),
            format!("{path}/receipt"),
            format!("{path}/ussd"),
        ],
        "sandbox" | "generic" => vec![
            format!("{path}/sms"),
            format!("{path}/receipt"),
            format!("{path}/ussd"),
        ],
        _ => vec![format!("{path}/ussd")],
    };
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

/// Whether and where an instance sends SMS that are no answers.
fn write_sending(f: &mut fmt::Formatter<'_>, instance: &InstanceConfig) -> fmt::Result {
    let Some(url) = &instance.send.url else {
        return writeln!(f, "  sends no SMS but answers");
    };
    let from = instance.send.from.as_ref().map(|from| format!(" as {from}"));
    writeln!(f, "  sends SMS through {url}{}", from.unwrap_or_default())?;
    if let Some(seconds) = instance.poll_seconds {
        writeln!(
            f,
            "  asks there every {seconds} s for messages whose callbacks were lost"
        )?;
    }
    if instance.sends_in_the_clear() {
        writeln!(
            f,
            "  WARNING: what is sent there can be read on the way; use https:// or a tunnel"
        )?;
    }
    Ok(())
}

/// The group of Kannel's configuration that lets us send.
fn write_sendsms(
    f: &mut fmt::Formatter<'_>,
    instance: &InstanceConfig,
    references: &References,
) -> fmt::Result {
    if instance.send.url.is_none() {
        return Ok(());
    }
    let name = |reference: &Option<String>| reference.clone().unwrap_or_default();
    let lines = [
        String::new(),
        "group = sendsms-user".to_owned(),
        format!("username = {}", name(&references.send_user)),
        format!("password = {}", name(&references.send_password)),
        "max-messages = 5".to_owned(),
        "concatenation = true".to_owned(),
    ];
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
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

/// The groups that make Kannel bring USSD over SMPP here, in the place of the group above.
fn write_kannel_ussd(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    let query = "id=%I&from=%p&to=%P&text=%b&coding=%c&charset=%C&meta=%D";
    let parameter = |name: &str, tag: &str, length: u8| {
        [
            String::new(),
            "group = smpp-tlv".to_owned(),
            format!("name = {name}"),
            format!("tag = {tag}"),
            "type = octetstring".to_owned(),
            format!("length = {length}"),
        ]
    };
    let lines = [
        String::new(),
        "or, where the SMSC sends USSD (SMPP), in the place of this group:".to_owned(),
        "group = sms-service".to_owned(),
        "keyword = default".to_owned(),
        "catch-all = true".to_owned(),
        format!("get-url = \"{path}/ussd?{query}\""),
        "accept-x-kannel-headers = true".to_owned(),
        "omit-empty = true".to_owned(),
        "max-messages = 1".to_owned(),
    ];
    let parameters = [
        parameter("ussd_service_op", "0x0501", 1),
        parameter("its_session_info", "0x1383", 2),
    ];
    let lines = lines.iter().chain(parameters.iter().flatten());
    lines.into_iter().try_for_each(|line| writeln!(f, "  {line}"))
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
