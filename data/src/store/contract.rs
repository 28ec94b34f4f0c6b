//! The story that every store must pass. Not written yet.
