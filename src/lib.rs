//! Sounding Board runs peer-advising programs by email alone.

pub mod args;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod decider;
pub mod exit;
pub mod journal;
pub mod mail;
pub mod mailbox;
pub mod program;
pub mod read;
pub mod run;
pub mod store;
pub mod submission;
pub mod templates;
pub mod tls;
