//! The webhooks of saqta: what carriers send of citizens' SMS and USSD, and what goes back.
//!
//! A message travels: [`router`] -> a file of [`carriers`] (parse) -> [`exchange`] (facts, privacy, limits, journal)
//! -> [`dialog`] (pure: what to answer) -> [`render`] (in which words) -> [`encoding`] (in which alphabet and parts)
//! -> the same carrier (answer).

pub mod access;
pub mod book;
pub mod carrier;
pub mod carriers;
#[cfg(test)]
mod conformance;
pub mod dialog;
pub mod encoding;
pub mod error;
pub mod exchange;
mod joiner;
pub mod metrics;
pub mod outbox;
pub mod poller;
mod quiet;
pub mod render;
pub mod router;
pub mod state;
mod stored;

pub use stored::STORED;
