//! What the exchange promises, on a store in memory and a clock that stands.

mod failures;
mod hops;
mod house;
mod kept;
mod late;
mod later;
mod locks;
mod once;
mod parts;
mod polling;
mod post;
mod preview;
mod privacy;
mod receipts;
mod sending;
mod sessions;
mod sparing;
mod talking;
mod ussd;
