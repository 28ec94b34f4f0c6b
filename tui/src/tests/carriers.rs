//! The screen of the carriers.

use super::*;

pub(super) const SCENES: &[Way] = &[("carriers", "<Alt-3>")];
