//! (automatic)
