//! Invented citizens. Not written yet.
