//! Pieces that several screens are made of.

pub(crate) mod charts;
pub(crate) mod columns;
pub(crate) mod frame;
pub(crate) mod pane;
