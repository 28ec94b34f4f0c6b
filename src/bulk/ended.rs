//! Why an import ended early, and what is to be done then.

use std::io;
use std::path::Path;

use saqta_data::desk::DeskError;
use saqta_data::desk::imports::{FILE_GOES_ON, FILES_GO_ON};
use saqta_data::registry::sorted::Stopped;
use tokio::task::JoinError;

use crate::failure::Failure;

/// Why it was not begun.
pub(crate) enum NotBegun {
    /// There is no place for what would be sorted; row by row it needs none.
    NoPlace(Failure),
    /// For another reason, which would hold for every way.
    Other(Failure),
}

impl NotBegun {
    /// What it means that the temporary folder `path` cannot be opened.
    pub(super) fn of(stopped: Stopped, path: &Path) -> Self {
        match stopped {
            Stopped::Folder { .. } | Stopped::Foreign(_) => Self::NoPlace(stopped.into()),
            Stopped::Damaged { .. } => Self::Other(Ended::from(stopped).told(path)),
            // It says itself what to do.
            stopped => Self::Other(stopped.into()),
        }
    }
}

impl From<Failure> for NotBegun {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl From<DeskError> for NotBegun {
    fn from(error: DeskError) -> Self {
        Self::Other(error.into())
    }
}

impl From<NotBegun> for Failure {
    fn from((NotBegun::NoPlace(failure) | NotBegun::Other(failure)): NotBegun) -> Self {
        failure
    }
}

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

    /// What operators are told who see an import of so many files among others.
    pub(super) fn at_desk(&self, files: usize) -> String {
        match self {
            Self::ForNow(failure) if files == 1 => format!("{failure}; {FILE_GOES_ON}"),
            Self::ForNow(failure) => format!("{failure}; {FILES_GO_ON}"),
            Self::ForGood(failure) => failure.to_string(),
        }
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
