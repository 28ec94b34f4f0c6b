//! The conversation: pure functions from what is known and what was typed to what is answered. No axum, no store.

pub mod answer;
pub mod finding;
pub mod menu;
pub mod sms;
pub mod ussd;
pub mod words;
