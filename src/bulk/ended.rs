//! Why an import ended early, and what is to be done then.

use std::fmt;
use std::io;
use std::path::Path;

use saqta_data::desk::DeskError;
use saqta_data::registry::sorted::Stopped;
use tokio::task::JoinError;

use crate::failure::Failure;

/// Why it ended early.
pub(super) enum Ended {
    /// The same command goes on with what is sorted.
    ForNow(Failure),
    /// What is sorted is of no use any more.
    ForGood(Failure),
}

impl Ended {
    /// What is told, with what to do; `folder` is the temporary one.
    pub(super) fn told(self, folder: &Path) -> Failure {
        let folder = folder.display();
        match self {
            Self::ForNow(failure) => Failure::new(format!(
                "{failure}\nwhat is sorted is kept in {folder}, where the same command goes on"
            )),
            Self::ForGood(failure) => Failure::new(format!(
                "{failure}\nremove {folder} and begin again with the same command"
            )),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::ForNow(failure) | Self::ForGood(failure)) = self;
        failure.fmt(f)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::ForNow(failure)
    }
}

impl From<DeskError> for Ended {
    fn from(error: DeskError) -> Self {
        match error {
            // It would refuse the same rows again.
            DeskError::Bad(_) => Self::ForGood(error.into()),
            error => Self::ForNow(error.into()),
        }
    }
}

impl From<Stopped> for Ended {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Damaged { .. } => Self::ForGood(stopped.into()),
            stopped => Self::ForNow(stopped.into()),
        }
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::ForNow(error.into())
    }
}

impl From<JoinError> for Ended {
    fn from(error: JoinError) -> Self {
        Self::ForNow(error.into())
    }
}
