//! The screen of the imports.

use super::*;

pub(super) const SCENES: &[Way] = &[("imports", "<Alt-4>")];
