//! The machine that the console runs on, as the console may use it: the folder it was started in, and a small file in
//! which an operator's choices are kept from one day to the next.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use saqta_data::desk::Desk;
use saqta_data::language::Language;
use saqta_data::registry::csv::Plan;
use saqta_data::small_file;
use saqta_tui::{Outside, Preferences, ThemeChoice};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::config;

mod importing;

pub(crate) use importing::Importing;

/// The most files of one name: `card.txt`, `card-2.txt` and so on.
const MAX_ALIKE: u32 = 99;

/// The most imports under way that one console has started: each has the disk and a core to itself for a while.
const MAX_IMPORTS: usize = 2;

/// The machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The desk at which imports are taken in; `None`: none can be started.
    pub(crate) desk: Option<Arc<dyn Desk>>,
    /// How they are.
    pub(crate) importing: Importing,
    /// One for each import that may still be started.
    pub(crate) room: Arc<Semaphore>,
    /// What `~` stands for.
    pub(crate) home: Option<PathBuf>,
    /// The folder that the console was started in.
    pub(crate) folder: PathBuf,
    /// The file of the operator's choices; `None`: there is no place for one.
    pub(crate) kept_in: Option<PathBuf>,
}

/// The file of the choices. Words that are none of ours are passed over: another version may have written them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mouse: Option<bool>,
}

impl Machine {
    /// A machine whose console works at `desk`.
    pub(crate) fn of(desk: Option<Arc<dyn Desk>>, importing: Importing) -> std::io::Result<Self> {
        Ok(Self {
            desk,
            importing,
            room: Arc::new(Semaphore::new(MAX_IMPORTS)),
            home: config::home(),
            folder: std::env::current_dir()?,
            kept_in: config::console_state(),
        })
    }

    /// The file meant: `~` is the home, anything else is looked for in the folder that the console was started in.
    fn meant(&self, file: &str) -> PathBuf {
        match (file.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.folder.join(file),
        }
    }

    /// What was kept; nothing if there is no such file or it cannot be read.
    pub(crate) fn kept(&self) -> Preferences {
        let text = self
            .kept_in
            .as_deref()
            .and_then(|path| small_file::read(path).ok());
        let kept: Kept = text
            .and_then(|text| toml::from_str(&text).ok())
            .unwrap_or_default();
        Preferences {
            language: kept.language.as_deref().and_then(Language::from_code),
            theme: kept.theme.and_then(|name| name.parse().ok()),
            mouse: kept.mouse,
        }
    }
}

#[async_trait]
impl Outside for Machine {
    /// A file of its own in the folder, readable by its owner only: it holds facts about a person.
    async fn save(&self, name: &str, contents: Vec<u8>) -> Result<String, String> {
        let (folder, name) = (self.folder.clone(), name.to_owned());
        on_disk(move || save(&folder, &name, &contents)).await
    }

    /// It goes on in this process, and ends with it.
    async fn start_import(&self, file: String, dry_run: bool) -> Result<u64, String> {
        let desk = self.desk.clone().ok_or("imports cannot be started here")?;
        let place = self.room.clone().try_acquire_owned();
        let place =
            place.map_err(|_| format!("{MAX_IMPORTS} imports are under way already; wait for one"))?;
        let path = self.meant(file.trim());
        let plan = Plan {
            dry_run,
            ..Plan::default()
        };
        self.importing.start(desk, path, plan, place).await
    }

    async fn remember(&self, preferences: Preferences) -> Result<(), String> {
        let path = self.kept_in.clone().ok_or("there is no HOME")?;
        on_disk(move || keep(&path, preferences)).await
    }
}

/// Does what waits for a disk on a thread for such things.
async fn on_disk<T: Send + 'static>(
    what: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(what)
        .await
        .map_err(|_| "internal error".to_owned())?
}

fn save(folder: &Path, name: &str, contents: &[u8]) -> Result<String, String> {
    let file_name = Path::new(name).file_name();
    if file_name.is_none_or(|file_name| file_name != name) {
        return Err("the name of a file has no folder in it".to_owned());
    }
    for copy in 1..=MAX_ALIKE {
        let path = folder.join(alike(name, copy));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(contents));
        match written {
            Ok(()) => return Ok(path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
    Err(format!("there are {MAX_ALIKE} files called {name} already"))
}

/// `card.txt`, `card-2.txt`, `card-3.txt` ...
fn alike(name: &str, copy: u32) -> String {
    match (copy, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem}-{copy}.{ending}"),
        (_, None) => format!("{name}-{copy}"),
    }
}

/// Writes a new file beside the old one and puts it in its place, so that no half of one is ever read.
fn keep(path: &Path, preferences: Preferences) -> Result<(), String> {
    let kept = Kept {
        language: preferences.language.map(|language| language.code().to_owned()),
        theme: preferences
            .theme
            .map(|theme: ThemeChoice| theme.name().to_owned()),
        mouse: preferences.mouse,
    };
    let text = toml::to_string(&kept).map_err(|e| e.to_string())?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Made readable by its owner only.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
