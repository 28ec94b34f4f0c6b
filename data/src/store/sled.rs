//! The sled store. Not written yet.
