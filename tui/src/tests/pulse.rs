//! The screen of the service as a whole.

use super::*;

pub(super) const SCENES: &[Way] = &[("pulse", "<Alt-5>")];
