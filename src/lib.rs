//! Sounding Board runs peer-advising programs by email alone.

pub mod args;
pub mod clock;
pub mod config;
pub mod exit;
pub mod journal;
pub mod mail;
pub mod program;
pub mod store;
