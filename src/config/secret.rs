//! Secrets: never in the configuration file itself, only by reference.

use std::fmt;
use std::path::Path;

use saqta_gateway::carrier::config::Secret;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Where a secret is kept: `env:NAME` or `file:path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A file, relative to the configuration file; a line end after the secret is cut off.
    File(String),
}

/// The longest secret, in bytes: no carrier issues longer ones.
const MAX_SECRET_BYTES: usize = 4096;

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
        }
    }
}

/// What is said of whatever stands in the place of a reference. It may be the secret itself, so it is not repeated.
const ADVICE: &str = "a secret is given as \"env:NAME\" or \"file:path\", never by itself";

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of a value of any type, since serde's own errors repeat what they found.
        let value = toml::Value::deserialize(deserializer)?;
        Self::of(&value).ok_or_else(|| Error::custom(ADVICE))
    }
}

/// The secrets of a list.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SecretRef>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let list = value
        .as_array()
        .and_then(|values| values.iter().map(SecretRef::of).collect());
    list.ok_or_else(|| Error::custom(format_args!("a list is expected, in which {ADVICE}")))
}

impl SecretRef {
    /// The reference that `value` is, if it is one.
    fn of(value: &toml::Value) -> Option<Self> {
        match value.as_str()?.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Some(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Some(Self::File(path.to_owned())),
            _ => None,
        }
    }

    /// The secret, looked up in the environment by `env`, or in a file beside the configuration file in `dir`.
    pub(crate) fn resolve(&self, dir: &Path, env: impl Fn(&str) -> Option<String>) -> Result<Secret, String> {
        let text = match self {
            Self::Env(name) => env(name).ok_or_else(|| "the variable is not set".to_owned())?,
            Self::File(path) => read_secret(&dir.join(path))?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        match text.len() {
            0 => Err("it is empty".to_owned()),
            1..=MAX_SECRET_BYTES => Ok(Secret::new(text)),
            _ => Err(format!("it is longer than {MAX_SECRET_BYTES} bytes")),
        }
    }
}

fn read_secret(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|e| e.to_string())?;
    let mut text = String::new();
    let limit = u64::try_from(MAX_SECRET_BYTES).unwrap_or(u64::MAX) + 2;
    file.take(limit)
        .read_to_string(&mut text)
        .map_err(|e| e.to_string())?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_secret_comes_from_the_environment_or_a_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("token"), "s3cret\n").unwrap();
        let file = SecretRef::File("token".into()).resolve(dir.path(), none).unwrap();
        assert_eq!(file.reveal(), "s3cret");
        let env = SecretRef::Env("X".into()).resolve(dir.path(), |name| Some(format!("{name}-value")));
        assert_eq!(env.unwrap().reveal(), "X-value");
    }

    #[test]
    fn what_is_missing_empty_or_overlong_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("empty"), "\n").unwrap();
        std::fs::write(dir.path().join("long"), "x".repeat(5000)).unwrap();
        for name in ["missing", "empty", "long"] {
            assert!(
                SecretRef::File(name.into()).resolve(dir.path(), none).is_err(),
                "{name}"
            );
        }
        assert!(SecretRef::Env("X".into()).resolve(dir.path(), none).is_err());
    }

    #[test]
    fn neither_debug_nor_an_error_shows_it() {
        #[derive(Debug, Deserialize)]
        struct Doc {
            #[expect(dead_code, reason = "only its refusal is looked at")]
            secret: SecretRef,
        }
        let secret = SecretRef::Env("X".into()).resolve(Path::new("."), |_| Some("s3cret".into()));
        assert_eq!(format!("{secret:?}"), "Ok(Secret(..))");
        let error = toml::from_str::<Doc>("secret = \"s3cret\"").unwrap_err();
        assert!(!error.message().contains("s3cret"), "{}", error.message());
    }
}
