//! The register of carriers: one line each.

use crate::carrier::adapter::Adapter;
use crate::carrier::config::{ConfigError, InstanceConfig};

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
    if let Some(kind) = kinds().iter().find(|kind| kind.name == config.kind) {
        return (kind.build)(config);
    }
    let names: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
    Err(config.error("kind", format!("one of {}", names.join(", "))))
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
