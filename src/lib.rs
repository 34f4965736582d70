//! Sounding Board runs peer-advising programs by email alone. This page is its architecture.
//!
//! # Three layers
//!
//! - [`mail`] knows what a header is: bytes ↔ values of the RFCs. Pure: no I/O, no clock.
//! - [`program`] knows what an advisor is: records + input + now → one batch. Pure and
//!   total: [`program::decide`] answers every input. The laws stand on its first page.
//! - The *shell* is everything else in this list. It knows what a socket, a disk and a clock
//!   are, and never decides.
//!
//! Where does a line go? Needs `.await`: shell. Mentions an advisor, a request, a reminder:
//! `program`. Mentions a header, a boundary, a charset: `mail`. Imports point one way:
//! `daemon → {mailbox, submission, store, templates} → program → mail`, and [`mailbox`] and
//! [`submission`] know neither `program` nor each other.
//!
//! # How a mail travels
//!
//! 1. [`mailbox`] fetches it (UID, bytes) and [`daemon::Reader`] hands the batch to the desk.
//! 2. [`decider`], on a thread of its own, is the only writer. For each mail it makes an
//!    [`Inbound`](mail::inbound::Inbound) and asks [`program::decide`], which sees the
//!    records through a [`View`](program::View) and answers with a
//!    [`Batch`](program::batch::Batch): what was made of it in one word
//!    ([`Verdict`](program::verdict::Verdict)), records, timers,
//!    [`Letter`](program::letter::Letter)s with typed fields.
//! 3. [`templates`] words the letters; from here on they are bytes, so every attempt to send
//!    sends the same.
//! 4. [`store`] commits the group: one line of the ledger, one checksum, one sync. Then, and
//!    only then, the [`journal`] has its line and the wires are woken.
//! 5. The wires read committed rows, never a channel: `submission` takes letters from the
//!    outbox, attempts first written down; `mailbox` puts handled mail away. What the mail
//!    server said comes back as an input, like a mail.
//!
//! A timer is an input too: a row with a time. One that judges somebody's silence fires only
//! after the mailbox has been read to its end at or after it was due.
//!
//! So the daemon may be killed at any instant: what was not committed did not happen, and what
//! was is done again. The one window that no program can close, a letter accepted and that not
//! yet written down, is known as *uncertain*: it is offered once more under the same Message-ID.
//!
//! # Where to look
//!
//! | for | in |
//! |---|---|
//! | what is decided about a mail, first of all | `program::arrival` |
//! | what a party's word does in a case | `program::case_reply`, then `answer`, `offer`, `meeting` |
//! | when two people meet | `program::arranging`, `program::proposed_time`, `program::invitations`, `program::calendar_mail` |
//! | what happens when nobody writes | `program::timer`, then `request`, `offer`, `digest` |
//! | which records there are | [`program::record`] |
//! | what can be said, and how it is worded | [`program::letter`], `templates/en/` |
//! | which words people may use | `templates/<language>/words.toml`, `program::words`, `program::command` |
//! | which parts of a mail are its text, and in which charset | `mail::entity`, `mail::body`, `mail::charset` |
//! | what a person newly wrote in a reply | `mail::quotation`, `mail::signature`, `mail::reply` |
//! | what calendar programs say of a meeting, and are told | `mail::event`, [`mail::invitation`] |
//! | whether a machine wrote it | `mail::automatic`, `mail::report`, `mail::report_text` |
//! | what is answered no more, and what waits | `program::brake`, `program::flood`, `program::kept_back`, `program::kept_mail`, `program::breaker` |
//! | the ledger and its index | [`store::indexed`], `store::ledger`, `store::recovery` |
//! | backup, restore, export, rebuild | [`archive`], and `program::gap` for what is done after a restore |
//! | a first configuration, and whether all it names works | [`init`], [`doctor`] |
//! | what would come of a mail | [`explain`], [`decider::Decider::foresee`] |
//! | how we log in with OAuth2 | [`oauth2`], [`sasl`] |
//! | what a command asks of the running daemon | [`control`], [`program::order`] |
//! | a key of the configuration | `deploy/soundingboard.toml`, [`config`] |
//! | what is seen from outside while it serves, and of what the staff are warned | [`watching`], `daemon::pulse`, `daemon::alarms`, `program::alarm` |
//! | an exit code | [`exit`], [`run::Trouble::exit`] |
//!
//! # Time, chance, order
//!
//! Only [`clock`] reads a clock; `now` is handed in. Chance is used once, for the install
//! secret (`run`): Message-IDs, tokens and references are keyed hashes of it and of the input,
//! so the same inputs make the same bytes. Maps are ordered wherever a decision can see them.
//!
//! # Errors in three kinds
//!
//! A participant's mistake is a letter. The world's failure is a value with a next attempt.
//! Our own defect stops the daemon with a code of sysexits and one sentence with its remedy.

pub mod archive;
pub mod args;
pub mod clock;
pub mod config;
pub mod control;
pub mod daemon;
pub mod decider;
pub mod doctor;
pub mod exit;
pub mod explain;
pub mod generate;
pub mod import;
pub mod init;
pub mod journal;
pub mod mail;
pub mod mailbox;
pub mod oauth2;
pub mod place;
pub mod program;
pub mod read;
pub mod run;
pub mod sasl;
pub mod store;
pub mod submission;
pub mod templates;
pub mod tls;
pub mod trial;
pub mod watching;
pub mod wires;
