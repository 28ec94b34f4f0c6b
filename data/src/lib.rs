//! Domain and store of saqta: the coverage rules of compulsory social health insurance in Kazakhstan, the registries
//! they are computed from, the store that holds them, and the use cases that every front end shares.
//!
//! Inside the crate, imports run one way: domain <- store, registry <- office <- desk.

pub mod category;
pub mod clock;
pub mod contribution;
pub mod coverage;
pub mod desk;
pub mod iin;
pub mod journal;
pub mod language;
pub mod law;
pub mod money;
pub mod office;
pub mod period;
pub mod person;
pub mod phone;
pub mod registry;
pub mod small_file;
pub mod store;
pub mod synth;
pub mod texts;
