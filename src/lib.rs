//! Sounding Board runs peer-advising programs by email alone.

pub mod args;
pub mod exit;
pub mod mail;
pub mod program;
pub mod store;
