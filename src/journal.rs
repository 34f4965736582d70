//! placeholder
use std::time::Duration;
pub fn index_rebuilt(_why: &str) {}
pub fn quarantined(_folder: &str, _uid: u32, _why: &str) {}
pub fn decided(_input: &str, _verdict: &crate::program::verdict::Verdict, _letters: usize) {}
pub fn renumbered(_folder: &str, _was: u32, _is: u32) {}
pub fn first_start(_folder: &str, _older: u64) {}
pub fn mailbox_read(_folder: &str, _new: usize, _old: usize) {}
pub fn marked(_folder: &str, _count: usize) {}
pub fn submitted(_id: &str, _template: &str, _attempt: u32, _outcome: &crate::mail::delivery::Outcome) {}
pub fn mailbox_unreachable(_fault: &dyn std::fmt::Display, _pause: Duration) {}
