//! Why a command stops: one line for the person who typed it.

use std::fmt;

use saqta_data::store::{Left, StoreError};

/// A reason in one line, as it goes to standard error. Made by `?` from any error; says no IIN, phone or secret,
/// since no error of the workspace does.
#[derive(Debug)]
pub(crate) struct Failure {
    reason: String,
    /// If it is a store that cannot be opened: what its files may still be good for.
    pub(crate) left: Left,
}

/// What the system says of disks, and what that means to whoever typed the command.
const OF_DISKS: [(&str, &str); 2] = [
    (
        "No space left on device (os error 28)",
        "the disk is full; make room and run this again",
    ),
    (
        "Read-only file system (os error 30)",
        "the disk is read-only; name a place that can be written",
    ),
];

/// `text` without the name of a temporary file that a failure to make it begins it with.
fn without_path(text: &str) -> &str {
    let rest = text
        .strip_prefix(" at path \"")
        .and_then(|path| path.split_once('"'));
    rest.map_or(text, |(_, rest)| rest)
}

/// What a command comes to.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// A failure with this reason.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            left: Left::Nothing,
        }
    }

    /// A store that cannot be opened.
    pub(crate) fn of_store(error: &StoreError) -> Self {
        let left = match error {
            StoreError::Open { left, .. } => *left,
            _ => Left::Nothing,
        };
        Self {
            left,
            ..Self::new(error.to_string())
        }
    }

    /// The reason for whoever typed the command: of a failure of a disk also what to do.
    pub(crate) fn advice(&self) -> String {
        let reason = self.to_string();
        let known = OF_DISKS.iter().find_map(|(said, advice)| {
            let (before, after) = reason.split_once(said)?;
            Some(format!("{before}{advice}{}", without_path(after)))
        });
        known.unwrap_or(reason)
    }

    /// A failure of something named, such as a file.
    pub(crate) fn of(what: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self::new(format!("{what}: {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.reason.lines().map(str::trim).filter(|line| !line.is_empty());
        f.write_str(lines.next().unwrap_or("failed"))?;
        lines.try_for_each(|line| write!(f, "; {line}"))
    }
}

// Like this one type cannot be an `Error` itself; it is never a cause of another.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_of_disks_comes_with_advice() {
        let full = Failure::of("b.backup", std::io::Error::from_raw_os_error(28));
        assert_eq!(
            full.advice(),
            "b.backup: the disk is full; make room and run this again"
        );
        let temporary = format!("{full} at path \"/mnt/.tmp1\" (rows taken before: 3)");
        assert_eq!(
            Failure::new(temporary).advice(),
            "b.backup: the disk is full; make room and run this again (rows taken before: 3)"
        );
        let locked = Failure::from(std::io::Error::from_raw_os_error(30));
        assert_eq!(
            locked.advice(),
            "the disk is read-only; name a place that can be written"
        );
        assert_eq!(Failure::new("a.csv: no").advice(), "a.csv: no");
    }

    #[test]
    fn many_lines_become_one() {
        let failure = Failure::of("a.toml", "first\n\n   second\n");
        assert_eq!(failure.to_string(), "a.toml: first; second");
        assert_eq!(Failure::new("").to_string(), "failed");
    }
}
