//! Where the text of a law table comes from: the folder given, else the program itself.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::LawError;
use crate::small_file;

/// A law table: its file name and the text compiled in.
#[derive(Clone, Copy)]
pub(super) struct Table {
    name: &'static str,
    builtin: &'static str,
}

/// The figures.
pub(super) const RATES: Table = Table {
    name: "rates.toml",
    builtin: include_str!("../../law/rates.toml"),
};
/// The settings of the coverage rules.
pub(super) const RULES: Table = Table {
    name: "rules.toml",
    builtin: include_str!("../../law/rules.toml"),
};
/// Where to pay.
pub(super) const REQUISITES: Table = Table {
    name: "requisites.toml",
    builtin: include_str!("../../law/requisites.toml"),
};

const TABLES: [Table; 3] = [RATES, RULES, REQUISITES];

/// The text of a table and the name to call it by in errors.
pub(super) struct Text {
    pub(super) file: String,
    pub(super) text: String,
}

impl Text {
    /// An error about this file.
    pub(super) fn refuse(&self, reason: impl Into<String>) -> LawError {
        LawError::Content {
            file: self.file.clone(),
            reason: reason.into(),
        }
    }

    /// An error about the line that holds the byte `at`.
    pub(super) fn refuse_at(&self, at: usize, reason: &str) -> LawError {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        self.refuse(format!("line {line}: {reason}"))
    }
}

/// The text of `table`: that of `dir` if it holds the file, else the compiled-in one.
pub(super) fn text(dir: Option<&Path>, table: Table) -> Result<Text, LawError> {
    let Some(dir) = dir else {
        return Ok(builtin(table));
    };
    refuse_strangers(dir)?;
    let path = dir.join(table.name);
    let text = match small_file::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(builtin(table)),
        Err(error) => {
            return Err(LawError::Read {
                file: path.display().to_string(),
                reason: error.to_string(),
            });
        }
    };
    Ok(Text {
        file: path.display().to_string(),
        text,
    })
}

/// The text of `table` as another process sent it.
///
/// # Errors
/// More bytes than a file may have.
pub(super) fn sent(table: Table, text: &str) -> Result<Text, LawError> {
    let sent = Text {
        file: format!("{} (sent)", table.name),
        text: text.to_owned(),
    };
    if text.len() as u64 > small_file::MAX_BYTES {
        return Err(sent.refuse("it is larger than 1 MiB"));
    }
    Ok(sent)
}

fn builtin(table: Table) -> Text {
    Text {
        file: format!("{} (built in)", table.name),
        text: table.builtin.to_owned(),
    }
}

/// A misspelt file name would otherwise leave the compiled-in table in force without a word.
fn refuse_strangers(dir: &Path) -> Result<(), LawError> {
    let read_error = |error: std::io::Error| LawError::Read {
        file: dir.display().to_string(),
        reason: error.to_string(),
    };
    for entry in fs::read_dir(dir).map_err(read_error)? {
        let name = entry.map_err(read_error)?.file_name();
        let name = name.to_string_lossy();
        let is_toml = Path::new(&*name)
            .extension()
            .is_some_and(|extension| extension == "toml");
        if is_toml && TABLES.iter().all(|table| table.name != name) {
            return Err(LawError::Content {
                file: dir.join(&*name).display().to_string(),
                reason: format!(
                    "no law table has this name; call it one of {}",
                    TABLES.map(|t| t.name).join(", ")
                ),
            });
        }
    }
    Ok(())
}
