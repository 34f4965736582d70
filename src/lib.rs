//! Sounding Board runs peer-advising programs by email alone.

pub mod mail;
pub mod program;
pub mod store;
pub mod templates;
