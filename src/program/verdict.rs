//! What was made of an input, in one word for the journal and the ledger.

use super::record::Reference;
use std::fmt;

/// The decision, named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub what: What,
    pub case: Option<Reference>,
}

/// Whether the mail was ours to handle decides what is done to it in the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Not for us: the mail is left exactly as it was found.
    NotForUs,
    /// Seen before.
    AlreadyHandled,
    /// One of ours, come back.
    Own,
    /// Handled. The word is the journal's: `accept`, `request`, `bounce`, ….
    Done(&'static str),
}

impl Verdict {
    pub fn new(what: What, case: Option<Reference>) -> Self {
        Self { what, case }
    }

    /// The verdict's word alone.
    pub fn what_word(&self) -> &'static str {
        match self.what {
            What::NotForUs => "not-for-us",
            What::AlreadyHandled => "already-handled",
            What::Own => "own",
            What::Done(word) => word,
        }
    }

    /// Whether the contact mailbox may mark or move the mail.
    pub fn is_handled(&self) -> bool {
        matches!(self.what, What::Done(_) | What::AlreadyHandled | What::Own)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.what_word();
        match &self.case {
            Some(case) => write!(f, "{word} [{case}]"),
            None => f.write_str(word),
        }
    }
}
