//! The operator console of saqta: ratatui over `dyn Desk`.
//!
//! It knows no store and no socket, only [`saqta_data::desk::Desk`]. [`run`] takes over the terminal; [`picture()`]
//! draws a screen without one. Inside, the application is a state that messages change (no input, no output, no
//! waiting), the worker alone calls the desk, the terminal alone touches standard output.

mod action;
mod app;
mod background;
mod clipboard;
mod console;
mod effects;
mod keymap;
mod layout;
mod mask;
mod message;
mod offscreen;
mod outside;
mod overlay;
mod picture;
mod private;
mod reading;
mod reasons;
mod rehearsal;
mod screens;
mod signals;
mod signs;
mod surface;
mod terminal;
mod theme;
mod typed;
mod ui;
mod widgets;
mod words;
mod worker;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use background::{Backdrop, Background};
pub use console::{ConsoleError, Options, run};
pub use keymap::KeymapError;
pub use offscreen::Offscreen;
pub use outside::{Outside, Preferences};
pub use picture::{Picture, Scene, picture};
pub use rehearsal::{Frame, Rehearsal, rehearse};
pub use theme::{ThemeChoice, ThemeError};
pub use words::TEXTS;

/// The sign of a status, as the console shows it.
#[must_use]
pub const fn sign_of(status: saqta_data::coverage::Status) -> &'static str {
    signs::of_status(status).0
}
