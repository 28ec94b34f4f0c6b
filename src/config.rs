//! The configuration: a TOML file and the environment. The only place that reads environment variables (beside the
//! command line's own, see `cli`).
//!
//! Precedence: option of the command line, then environment, then file, then default. What an operator chose in the
//! console stands between the environment and the file.

mod file;
pub(crate) mod secret;

use std::path::{Path, PathBuf};

use saqta_data::clock::{Clock, Timestamp};
use saqta_data::language::Language;
use saqta_data::small_file;
use saqta_gateway::carrier::config::{Secret, is_name};
use saqta_gateway::state::MAX_INSTANCES;
use saqta_tui::{Backdrop, Background};

use crate::failure::Failure;
pub(crate) use file::{Carrier, File, Operators, day};
pub(crate) use secret::SecretRef;

/// The configuration, with the folder that relative paths in it start from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// What the file says.
    pub(crate) file: File,
    /// The file's name, for messages; empty if there is none.
    pub(crate) name: String,
    /// The file, if there is one.
    path: Option<PathBuf>,
    dir: PathBuf,
    /// The text of the file, to find lines in it. It holds no secrets, only references to them.
    text: String,
}

impl Config {
    /// The configuration of the file at `path`, or an empty one.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let name = path.display().to_string();
        let text = small_file::read(path).map_err(|e| Failure::of(&name, e))?;
        let config = Self::read(name, &text, path.parent().unwrap_or(Path::new("")))?;
        Ok(Self {
            path: Some(path.to_path_buf()),
            ..config
        })
    }

    /// The configuration as its file is now.
    pub(crate) fn read_again(&self) -> Result<Self, Failure> {
        Self::load(self.path.as_deref())
    }

    /// The configuration in the text of a file called `name` in the folder `dir`.
    pub(crate) fn read(name: String, text: &str, dir: &Path) -> Result<Self, Failure> {
        let config = Self {
            file: parse(&name, text)?,
            name,
            path: None,
            dir: dir.to_path_buf(),
            text: text.to_owned(),
        };
        config.check(text)?;
        Ok(config)
    }

    /// The store's folder.
    pub(crate) fn store(&self, option: Option<&Path>) -> Result<PathBuf, Failure> {
        let path = match (option, &self.file.store) {
            (Some(path), _) => path.to_path_buf(),
            (None, Some(path)) => self.dir.join(path),
            (None, None) => default_store()?,
        };
        if path.to_string_lossy().starts_with("postgres:") {
            return Err(Failure::new(
                "this version keeps its store in a folder; give the path of one",
            ));
        }
        Ok(path)
    }

    /// A path from the file, which starts from the file's folder.
    pub(crate) fn path(&self, path: Option<&PathBuf>) -> Option<PathBuf> {
        path.map(|path| self.dir.join(path))
    }

    /// The language that the console begins with: the configured one, else the locale's.
    pub(crate) fn first_language(&self) -> Language {
        self.file.lang.unwrap_or_else(|| locale_language(env))
    }

    /// The secret of a reference, which stands under `key` of the carrier `name`.
    pub(crate) fn secret(&self, name: &str, key: &str, reference: &SecretRef) -> Result<Secret, Failure> {
        reference.resolve(&self.dir, env).map_err(|reason| {
            let place = self.place(name, key);
            Failure::of(
                format_args!("{place}: carriers.{name}.{key} = \"{reference}\""),
                reason,
            )
        })
    }

    /// Where `key` of the carrier `name` stands, as `FILE:LINE`: its first line if the key is not there.
    pub(crate) fn place(&self, name: &str, key: &str) -> String {
        let mut carriers = self.file.carriers.iter();
        let Some(carrier) = carriers.find(|carrier| carrier.get_ref().name == name) else {
            return self.name.clone();
        };
        let begin = carrier.span().start;
        let lines = self.text.get(begin..).unwrap_or_default().lines();
        // The entry goes from its heading to the next one.
        let mut entry = lines
            .enumerate()
            .take_while(|(at, line)| *at == 0 || !line.starts_with('['));
        let is_key = |line: &str| line.split('=').next().is_some_and(|before| before.trim() == key);
        let below = entry.find(|(_, line)| is_key(line)).map_or(0, |(at, _)| at);
        format!("{}:{}", self.name, line_of(&self.text, begin) + below)
    }

    /// What serde cannot check.
    fn check(&self, text: &str) -> Result<(), Failure> {
        let carriers = &self.file.carriers;
        if carriers.len() > MAX_INSTANCES {
            return Err(Failure::of(
                &self.name,
                format_args!("at most {MAX_INSTANCES} carriers"),
            ));
        }
        for (position, carrier) in carriers.iter().enumerate() {
            let at = |reason: &str| {
                let line = line_of(text, carrier.span().start);
                Failure::new(format!("{}:{line}: [[carriers]] {reason}", self.name))
            };
            let name = &carrier.get_ref().name;
            if !is_name(name) {
                return Err(at(
                    "name: 1 to 32 letters, digits, - and _, since it stands in the path",
                ));
            }
            if name == "sandbox" {
                return Err(at("name: \"sandbox\" is kept for `serve --sandbox`"));
            }
            if carriers
                .iter()
                .take(position)
                .any(|other| other.get_ref().name == *name)
            {
                return Err(at("name: another carrier has it already"));
            }
        }
        Ok(())
    }
}

fn parse(name: &str, text: &str) -> Result<File, Failure> {
    toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(text, span.start));
        Failure::of(format_args!("{name}:{line}"), e.message())
    })
}

/// The number of the line at byte `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that reads the environment"
)]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The language of the locale for messages, by the precedence of POSIX; the state language if it is none of ours.
fn locale_language(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    let code = locale
        .as_deref()
        .and_then(|locale| locale.split(['_', '.', '@']).next());
    code.and_then(Language::from_code).unwrap_or_default()
}

fn default_store() -> Result<PathBuf, Failure> {
    let data = env("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    data.or_else(|| env("HOME").map(|home| Path::new(&home).join(".local/share")))
        .map(|data| data.join("saqta-store"))
        .ok_or_else(|| Failure::new("where is the store? Give --store DIR (there is no HOME to look in)"))
}

/// The folder for sockets whose path beside the store would be too long: the service manager's, the session's, or
/// the one for temporary files.
pub(crate) fn runtime_dir() -> PathBuf {
    ["RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"]
        .into_iter()
        .filter_map(env)
        .map(PathBuf::from)
        .find(|path| path.is_absolute())
        .unwrap_or_else(std::env::temp_dir)
}

/// The filter of log lines, from `SAQTA_LOG`, in tracing's syntax (`info`, `saqta_gateway=debug`, ...).
pub(crate) fn log_filter() -> Option<String> {
    env("SAQTA_LOG")
}

/// True if colours are unwanted (<https://no-color.org>).
pub(crate) fn no_color() -> bool {
    env("NO_COLOR").is_some()
}

/// Refuses a terminal that cannot place a character, such as the buffer of an editor.
pub(crate) fn screen() -> Result<(), Failure> {
    screen_of(env("TERM").as_deref())
}

fn screen_of(terminal: Option<&str>) -> Result<(), Failure> {
    match terminal {
        None => Err(Failure::new("the console needs a terminal; TERM is not set")),
        Some("dumb") => Err(Failure::new(
            "the console cannot draw on this terminal (TERM=dumb)",
        )),
        Some(_) => Ok(()),
    }
}

/// The background of the terminal, where it says so by itself; whether it may be asked for it.
pub(crate) fn backdrop() -> Backdrop {
    backdrop_of(env)
}

fn backdrop_of(variable: impl Fn(&str) -> Option<String>) -> Backdrop {
    let said = variable("COLORFGBG")
        .as_deref()
        .and_then(Background::from_colorfgbg);
    match said {
        Some(background) => Backdrop::Is(background),
        None if variable("TERM").as_deref() == Some("linux") => Backdrop::Unknown,
        None => Backdrop::Ask,
    }
}

/// The home of whoever runs this.
pub(crate) fn home() -> Option<PathBuf> {
    env("HOME").map(PathBuf::from)
}

/// The file in which the console keeps what an operator chose: in the folder for such state of the base directory
/// specification of freedesktop.org.
pub(crate) fn console_state() -> Option<PathBuf> {
    console_state_of(env)
}

fn console_state_of(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let state = variable("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".local/state")))?;
    Some(state.join("saqta/console.toml"))
}

/// True inside tmux, which passes on to the terminal only what is wrapped for it.
pub(crate) fn in_tmux() -> bool {
    env("TMUX").is_some()
}

/// The clock: the machine's, or one that starts at `SAQTA_NOW` (RFC 3339), for demonstrations and tests of whole
/// processes.
pub(crate) fn clock() -> Result<Clock, Failure> {
    env("SAQTA_NOW").map_or_else(|| Ok(Clock::system()), |text| clock_at(&text))
}

fn clock_at(text: &str) -> Result<Clock, Failure> {
    let start = chrono::DateTime::parse_from_rfc3339(text)
        .map_err(|_| Failure::new("SAQTA_NOW is an instant such as 2026-11-22T12:00:00+05:00"))?;
    Ok(Clock::starting_at(Timestamp::from_millis(
        start.timestamp_millis(),
    )))
}

#[cfg(test)]
mod tests;
