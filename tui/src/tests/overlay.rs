//! What is laid over a screen.

use super::*;

pub(super) const SCENES: &[Way] = &[("palette", "900101300027<F2>")];
