//! The configuration, the menu, the law tables, the texts: any file is taken, or refused in one line that names the file
//! and tells no secret.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use saqta_data::clock::{Clock, Timestamp};
use saqta_gateway::carrier::config::{InstanceConfig, Secret};
use saqta_gateway::carriers::kinds;
use saqta_gateway::dialog::menu::Menu;
use saqta_gateway::state::Gateway;

// The program is no library: its configuration is compiled in from where it stands.
#[path = "../../src"]
#[expect(dead_code, unused_imports, reason = "the program needs more of it")]
mod program {
    pub(crate) mod cli;
    pub(crate) mod config;
    pub(crate) mod failure;
}
use program::{cli, config, failure};

const NAME: &str = "saqta.toml";
/// A secret that must not be told.
const SECRET: &str = "s3cret-that-nobody-may-read:x";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Err(failure) = config::Config::read(NAME.to_owned(), &text, Path::new("/nowhere")) {
        let said = failure.to_string();
        assert!(said.starts_with(NAME) && !said.contains('\n'), "{said}");
    }
    if let Err(error) = Menu::parse("menu.toml", &text) {
        assert!(error.to_string().starts_with("menu.toml"), "{error}");
    }
    carrier(&text);
});

/// The settings of a carrier, each line a value: none of their errors tells a secret.
fn carrier(text: &str) {
    // The fuzzer learns the secret from the comparisons below, and puts it where no secret belongs.
    if text.contains(SECRET) {
        return;
    }
    let mut lines = text.lines().map(str::to_owned);
    let Some(first) = lines.next() else { return };
    let kind = kinds()[first.len() % kinds().len()].name.to_owned();
    let mut next = || lines.next().filter(|line| !line.is_empty());
    let secret = Secret::new(SECRET);
    let mut config = InstanceConfig {
        name: first,
        kind,
        signature: next(),
        secrets: next().map(|_| secret.clone()).into_iter().collect(),
        webhook_base: next().map(|base| Secret::new(format!("{base}{SECRET}"))),
        path_secret: next().map(|path| Secret::new(format!("{path}{SECRET}"))),
        basic: next().map(|_| secret.clone()),
        allow: next().into_iter().collect(),
        trusted_proxies: next().into_iter().collect(),
        own_numbers: next().into_iter().collect(),
        ussd_overhead: next().map_or(0, |line| line.len()),
        ussd_page_units: next().map(|line| line.len()),
        poll_seconds: next().and_then(|line| line.parse().ok()),
        ..InstanceConfig::default()
    };
    config.send.url = next();
    config.send.user = next().map(|_| secret.clone());
    config.send.password = next().map(|_| secret);
    config.send.from = next();
    assert!(!format!("{config:?}").contains(SECRET), "Debug tells a secret");
    let clock = Clock::starting_at(Timestamp::from_millis(0));
    if let Err(error) = Gateway::new(&[config], Arc::new(Nobody), clock) {
        assert!(!error.to_string().contains(SECRET), "an error tells a secret");
    }
}

/// Is never asked.
struct Nobody;

#[async_trait::async_trait]
impl saqta_gateway::carrier::Answers for Nobody {
    async fn sms(
        &self,
        _: &saqta_gateway::carrier::Instance,
        _: saqta_gateway::carrier::IncomingSms,
    ) -> saqta_gateway::carrier::Answered<saqta_gateway::carrier::SmsReply> {
        saqta_gateway::carrier::Answered::fresh(saqta_gateway::carrier::SmsReply::Silence)
    }

    async fn ussd(
        &self,
        instance: &saqta_gateway::carrier::Instance,
        _: saqta_gateway::carrier::IncomingUssd,
    ) -> saqta_gateway::carrier::Answered<saqta_gateway::carrier::UssdPage> {
        saqta_gateway::carrier::Answered::fresh(self.late_page(instance))
    }

    fn late_page(&self, _: &saqta_gateway::carrier::Instance) -> saqta_gateway::carrier::UssdPage {
        saqta_gateway::carrier::UssdPage {
            text: String::new(),
            end: true,
        }
    }
}
