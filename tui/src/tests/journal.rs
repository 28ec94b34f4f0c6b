//! The journal.

use super::*;

pub(super) const SCENES: &[Way] = &[("journal", "<F4><Up>")];
