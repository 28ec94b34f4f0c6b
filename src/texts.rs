//! The texts of the two front ends, which share the directory that overrides them: each must know the other's keys.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use saqta_data::law::Law;
use saqta_data::texts::keys_of_source;
use saqta_gateway::dialog::menu::Menu;
use saqta_gateway::render::Voice;

use crate::config::Config;
use crate::failure::Failure;

/// The most bytes of a menu that are read; the compiled-in one has under 2 KiB.
const MAX_DIALOG_BYTES: u64 = 1 << 20;

/// The voice of the gateway, all of its texts checked.
pub(crate) fn voice(config: &Config, law: &Law) -> Result<Voice, Failure> {
    let dir = config.path(config.file.texts_dir.as_ref());
    let console: BTreeSet<String> = saqta_tui::TEXTS.into_iter().flat_map(keys_of_source).collect();
    let voice = Voice::load(dir.as_deref(), &console, law.requisites().clone())?;
    match config.path(config.file.dialog.as_ref()) {
        Some(path) => Ok(voice.with_menu(menu_of(&path)?)?),
        None => Ok(voice),
    }
}

/// The USSD menu; whether its pages fit is not looked at.
pub(crate) fn menu(config: &Config) -> Result<Menu, Failure> {
    let path = config.path(config.file.dialog.as_ref());
    path.map_or_else(|| Ok(Menu::builtin().clone()), |path| menu_of(&path))
}

/// The USSD menu of a file.
fn menu_of(path: &Path) -> Result<Menu, Failure> {
    let file = path.display().to_string();
    let read = File::open(path).and_then(|file| {
        let mut text = String::new();
        file.take(MAX_DIALOG_BYTES)
            .read_to_string(&mut text)
            .map(|_| text)
    });
    Ok(Menu::parse(
        &file,
        &read.map_err(|error| Failure::of(&file, error))?,
    )?)
}
