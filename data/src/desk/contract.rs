//! The story that every desk must pass.
