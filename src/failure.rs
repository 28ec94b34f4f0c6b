//! Why a command stops: one line for the person who typed it.

use std::fmt;

/// A reason in one line, as it goes to standard error. Made by `?` from any error; says no IIN, phone or secret,
/// since no error of the workspace does.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a command comes to.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// A failure with this reason.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// A failure of something named, such as a file.
    pub(crate) fn of(what: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self(format!("{what}: {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.lines().map(str::trim).filter(|line| !line.is_empty());
        f.write_str(lines.next().unwrap_or("failed"))?;
        lines.try_for_each(|line| write!(f, "; {line}"))
    }
}

// Like this one type cannot be an `Error` itself; it is never a cause of another.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_become_one() {
        let failure = Failure::of("a.toml", "first\n\n   second\n");
        assert_eq!(failure.to_string(), "a.toml: first; second");
        assert_eq!(Failure::new("").to_string(), "failed");
    }
}
