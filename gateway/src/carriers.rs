//! The register of carriers: one line each.

use crate::carrier::adapter::Adapter;
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::poll::POLL_SECONDS;

mod africastalking;
mod airtel;
mod arkesel;
mod dmark;
mod generic;
mod hubtel;
mod infobip;
mod jasmin;
mod kannel;
mod nalo;
mod restcomm;
mod safaricom;
mod sandbox;
mod smsc;
mod twilio;
mod vonage;

/// A kind of carrier.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in the configuration.
    pub name: &'static str,
    build: fn(&InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError>,
    /// Requests for the conformance kit, which every carrier runs through.
    #[cfg(test)]
    pub(crate) cases: fn() -> crate::conformance::Cases,
}

/// A line of the register.
macro_rules! kind {
    ($name:ident) => {
        Kind {
            name: stringify!($name),
            build: $name::build,
            #[cfg(test)]
            cases: $name::tests::cases,
        }
    };
}

/// Every kind of carrier.
#[must_use]
pub const fn kinds() -> &'static [Kind] {
    &[
        kind!(africastalking),
        kind!(airtel),
        kind!(arkesel),
        kind!(dmark),
        kind!(generic),
        kind!(hubtel),
        kind!(infobip),
        kind!(jasmin),
        kind!(kannel),
        kind!(nalo),
        kind!(restcomm),
        kind!(safaricom),
        kind!(sandbox),
        kind!(smsc),
        kind!(twilio),
        kind!(vonage),
    ]
}

/// The adapter for an instance.
///
/// # Errors
/// An unknown kind, or settings that the kind does not take.
pub(crate) fn build(config: &InstanceConfig) -> Result<Box<dyn Adapter>, ConfigError> {
    let Some(kind) = kinds().iter().find(|kind| kind.name == config.kind) else {
        let names: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
        return Err(config.error("kind", format!("one of {}", names.join(", "))));
    };
    let adapter = (kind.build)(config)?;
    check_polling(config, &*adapter)?;
    Ok(adapter)
}

/// Refuses polling where there is nothing to ask, or asking too often or too seldom.
fn check_polling(config: &InstanceConfig, adapter: &dyn Adapter) -> Result<(), ConfigError> {
    let Some(seconds) = config.poll_seconds else {
        return Ok(());
    };
    if adapter.polls().is_none() {
        let problem = format!("{} cannot be asked for messages", config.kind);
        return Err(config.error("poll_seconds", problem));
    }
    if POLL_SECONDS.contains(&seconds) {
        return Ok(());
    }
    let (least, most) = POLL_SECONDS.into_inner();
    Err(config.error("poll_seconds", format!("from {least} to {most}")))
}

/// The instances of `--sandbox`: they believe any sender and serve this machine only.
#[must_use]
pub fn sandboxes() -> Vec<InstanceConfig> {
    ["sandbox", "kannel"]
        .map(|name| InstanceConfig {
            name: name.into(),
            kind: name.into(),
            sandbox: true,
            ..InstanceConfig::default()
        })
        .into()
}

#[cfg(test)]
mod tests;
