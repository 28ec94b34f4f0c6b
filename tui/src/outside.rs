//! What the console wants of the machine it runs on. The program that opens the console says how it is done; only the
//! worker calls it, so that drawing never waits for a disk.

use std::fmt::Debug;

use async_trait::async_trait;
use saqta_data::language::Language;

use crate::theme::ThemeChoice;

/// What an operator chose and finds again the next time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The language of the console, if it was ever changed.
    pub language: Option<Language>,
    /// The theme, if it was ever changed.
    pub theme: Option<ThemeChoice>,
    /// The mouse is used or not, if that was ever changed.
    pub mouse: Option<bool>,
}

/// The machine that the console runs on. Errors are sentences for the status line, without numbers of people.
#[async_trait]
pub trait Outside: Send + Sync + Debug {
    /// Keeps `contents` in a new file called `name`, or like it if there is one already; returns where.
    async fn save(&self, name: &str, contents: Vec<u8>) -> Result<String, String>;

    /// Starts an import of `file` in the background and returns its number. `dry_run`: nothing is written.
    async fn start_import(&self, file: String, dry_run: bool) -> Result<u64, String>;

    /// Remembers what the operator chose.
    async fn remember(&self, preferences: Preferences) -> Result<(), String>;
}
