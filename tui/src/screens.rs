//! The screens: each file holds the state of one, what its keys do to it, and how it is drawn.

pub(crate) mod card;
pub(crate) mod help;
pub(crate) mod journal;
pub(crate) mod search;
