//! The operator console of saqta. Not written yet.
