//! The texts of the two front ends, which share the directory that overrides them: each must know the other's keys.

use std::collections::BTreeSet;

use saqta_data::law::Law;
use saqta_data::texts::keys_of_source;
use saqta_gateway::render::Voice;

use crate::config::Config;
use crate::failure::Failure;

/// The voice of the gateway, all of its texts checked.
pub(crate) fn voice(config: &Config, law: &Law) -> Result<Voice, Failure> {
    let dir = config.path(config.file.texts_dir.as_ref());
    let console: BTreeSet<String> = saqta_tui::TEXTS.into_iter().flat_map(keys_of_source).collect();
    Ok(Voice::load(dir.as_deref(), &console, law.requisites().clone())?)
}
