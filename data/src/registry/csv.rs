//! Registries as CSV. Not written yet.
