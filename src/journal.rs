//! The journal: one function per kind of line, the same words in the same order.
//!
//! Advising is confidential: references and counts, no bodies, and no addresses at info.
//! A server's own words often quote an address, so they pass through [`Discreet`].

use crate::mail::delivery::Outcome;
use crate::program::alarm::Alarm;
use crate::program::batch::Outgoing;
use crate::program::input::InputId;
use crate::program::record::Timestamp;
use crate::program::verdict::Verdict;
use std::fmt;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;
use tracing::{Level, Metadata, Subscriber, debug, error, info, warn};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{EnvFilter, Registry};

/// The variable that says how much is written: `debug`, or directives as of
/// `tracing_subscriber::EnvFilter`.
pub const VARIABLE: &str = "SOUNDINGBOARD_LOG";

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, in front of a terminal.
    Pretty,
    /// One object a line.
    Json,
}

/// Starts the journal on standard error. The error is a sentence for the operator.
pub fn init() -> Result<(), String> {
    let directives = std::env::var(VARIABLE).unwrap_or_else(|_| "info".into());
    let format = if io::stderr().is_terminal() { Format::Pretty } else { Format::Json };
    init_to(io::stderr, &directives, format)
}

/// Starts the journal on a writer of one's own.
///
/// `set_global_default`, not `init`: that would install a bridge from the `log` crate, by
/// which async-imap writes every LOGIN it sends.
pub fn init_to<W>(writer: W, directives: &str, format: Format) -> Result<(), String>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let subscriber = subscriber(writer, directives, format)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| "the journal was started twice".into())
}

/// What writes the lines.
pub fn subscriber<W>(
    writer: W,
    directives: &str,
    format: Format,
) -> Result<impl Subscriber + Send + Sync, String>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let chosen = EnvFilter::try_new(directives).map_err(|why| {
        format!("{VARIABLE}=\"{directives}\" is no filter ({why}); write a level, like debug")
    })?;
    let filter = chosen.and(filter_fn(keeps_secrets));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match format {
        Format::Pretty => lines.with_target(false).with_filter(filter).boxed(),
        Format::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    Ok(tracing_subscriber::registry().with(layer))
}

/// Crates that print passwords, tokens and whole mails below info: no directive reaches them.
const TALKATIVE: &[&str] = &["async_imap", "imap_proto", "lettre", "rustls", "log"];

fn keeps_secrets(about: &Metadata<'_>) -> bool {
    let krate = about.target().split("::").next().unwrap_or_default();
    *about.level() <= Level::INFO || !TALKATIVE.contains(&krate)
}

/// A text without addresses: whatever holds an `@` is an ellipsis.
pub struct Discreet<'a>(pub &'a str);

impl fmt::Display for Discreet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, word) in self.0.split_whitespace().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}{}", if word.contains('@') { "…" } else { word })?;
        }
        Ok(())
    }
}

/// The daemon has read its configuration and opened its store.
pub fn started(version: &str, config: &Path) {
    info!(version, config = %config.display(), "started");
}

/// The daemon has been told to stop, and how.
pub fn stopping(why: &str) {
    info!(why, "stopping");
}

/// The last line.
pub fn stopped() {
    info!("stopped");
}

/// Something of the configuration is worth a sentence.
pub fn config_warning(sentence: &str) {
    warn!(sentence, "configuration");
}

/// One line a decision.
pub fn decided(input: &InputId, verdict: &Verdict, letters: usize) {
    let case = verdict.case.as_ref().map_or("", |case| case.0.as_str());
    let (input, verdict) = (input.to_string(), verdict.what_word());
    match verdict {
        // Our own bookkeeping around a letter: the line of its outcome says it all.
        "offered" | "started" | "delivered" => debug!(input, verdict, case, letters, "decided"),
        "sending-paused" => error!(input, "sending stands still"),
        _ => info!(input, verdict, case, letters, "decided"),
    }
}

// The beginnings of the four stages that a mail and its letters go through, for whoever wants to know
// in which of them the daemon stands still, or was killed. Each has its end among the other lines.

/// Mails are being fetched; ends with [`mailbox_read`].
pub fn fetching(mails: usize) {
    debug!(mails, "fetching");
}

/// A group is being written to the ledger; ends with [`committed`].
pub fn committing(changes: usize) {
    debug!(changes, "committing");
}

/// The group is on the disk.
pub fn committed() {
    debug!("committed");
}

/// Letters are being offered to the mail server; ends with a [`submitted`] for each.
pub fn offering(letters: usize) {
    debug!(letters, "offering");
}

/// All there was has been read, and what was handled is put away.
pub fn waiting() {
    debug!("waiting for mail");
}

/// Handled mail is being put away; ends with [`mailbox_marked`].
pub fn marking(mails: usize) {
    debug!(mails, "marking");
}

/// A batch of the mailbox has been fetched; `old` mails were there before we began, `known` ones
/// were decided under another number.
pub fn mailbox_read(new: usize, old: u64, known: usize, last_uid: u32) {
    info!(new, old, known, last_uid, "mailbox read");
}

/// The very first start: what was there already is counted, never acted on.
pub fn first_start(older: u64) {
    info!(older, "first start on this mailbox");
}

/// A folder beside the mailbox has gone while we served: it is done without, and looked for again.
pub fn folder_missing(why: &str) {
    warn!(why = %Discreet(why), "folder missing, done without");
}

/// The calendar file of the shared room is not as it should be; it is tried again.
pub fn room_file_not_written(path: &Path, why: &str) {
    warn!(path = %path.display(), why = %Discreet(why), "calendar of the room not written");
}

/// A new refresh token could not be kept; it is tried again with the next one.
pub fn token_not_kept(why: &str) {
    warn!(why, "a new refresh token could not be kept");
}

/// The server cannot be reached; it is tried again.
pub fn mailbox_unreachable(why: &str, retry: Duration) {
    warn!(why = %Discreet(why), retry_s = retry.as_secs(), "mailbox unreachable");
}

/// UIDVALIDITY (RFC 9051 §2.3.1.1) changed: known mail is recognised by its headers.
pub fn mailbox_rescan(before: u32, now: u32) {
    warn!(before, now, "mailbox renumbered, reading it again");
}

/// Handled mail was marked or moved.
pub fn mailbox_marked(count: usize) {
    info!(count, "handled mail put away");
}

/// The program may have ended over this mail: another process reads it first.
pub fn trying(uid: u32) {
    warn!(uid, "mail was in work at an abnormal end, another process tries it");
}

/// Something due made us panic; it is told to staff and tried again on the next day.
pub fn stuck(timer: &str, why: &str) {
    error!(timer, why = %Discreet(why), "put off, it could not be done");
}

/// A mail made us panic; it is told to staff and never tried again.
pub fn quarantined(uid: u32, why: &str) {
    error!(uid, why = %Discreet(why), "mail quarantined");
}

/// What the mail server said to a letter.
pub fn submitted(letter: &Outgoing, outcome: &Outcome) {
    let id = letter.id.as_str();
    let (template, case) =
        (letter.template.as_str(), letter.case.as_ref().map_or("", |case| case.0.as_str()));
    match outcome {
        Outcome::Accepted => info!(id, template, case, "accepted"),
        Outcome::NotOffered(why) => warn!(id, why = %Discreet(why), "not offered, the mail server is away"),
        Outcome::Transient(words) | Outcome::TurnedAway(words) => {
            warn!(id, words = %Discreet(words), "not yet accepted, tried again");
        }
        Outcome::Permanent(words) => warn!(id, words = %Discreet(words), "refused"),
        Outcome::Uncertain(words) => warn!(id, words = %Discreet(words), "perhaps accepted, tried once more"),
    }
}

/// The mail server takes nothing from us for now: it is left alone for so long.
pub fn sending_rests(why: &str, rest: Duration) {
    warn!(why = %Discreet(why), rest_s = rest.as_secs(), "mail server left alone");
}

/// The store repaired something by itself, or could not write.
pub fn store_warning(sentence: &str) {
    warn!(sentence = %Discreet(sentence), "store");
}

/// An operator has said `pause`, and not yet `resume`.
pub fn stands_still(since: Timestamp) {
    warn!(%since, "paused: nothing is read or sent until resume");
}

/// Nobody can talk to the daemon; it serves all the same.
pub fn control_not_served(path: &Path, why: &str) {
    warn!(path = %path.display(), why = %Discreet(why), "no control socket, commands cannot reach the daemon");
}

/// The disk of the store is almost full.
pub fn disk_low(store: &Path, free: u64, size: u64) {
    let (free_mb, size_mb) = (free / 1_000_000, size / 1_000_000);
    error!(store = %store.display(), free_mb, size_mb, "disk almost full: free some space, or mail will wait");
}

/// Nobody could be told how full the disk is.
pub fn disk_not_told(why: &str) {
    warn!(why = %Discreet(why), "disk not measured, tried again");
}

/// Something has lasted, or happened, that the staff are told of by mail.
pub fn alarm(alarm: &Alarm) {
    let (kind, why) = (alarm.kind(), alarm.why());
    match alarm {
        Alarm::Read => info!(kind, "alarm is over"),
        _ => error!(kind, why = %Discreet(why), "alarm"),
    }
}

/// Nobody could be told of an alarm.
pub fn alarm_not_told(why: &str) {
    warn!(why = %Discreet(why), "alarm not told, tried again");
}

/// systemd could not be told something.
pub fn service_manager_not_told(why: &str) {
    warn!(why = %Discreet(why), "service manager not told");
}

/// The port of `[watch]` answers nobody just now.
pub fn page_failed(why: &str) {
    warn!(why = %Discreet(why), "page of metrics not served");
}

/// What was past its days has been forgotten; of none nothing is said.
pub fn forgotten(rows: usize) {
    if rows > 0 {
        info!(rows, "forgotten what is past keep_handled_days");
    }
}

/// That could not be committed.
pub fn not_forgotten(why: &str) {
    warn!(why = %Discreet(why), "nothing forgotten, tried again in a day");
}

/// The wall clock is behind the newest known time, and is waited for.
pub fn clock_behind(by: Duration) {
    warn!(by_s = by.as_secs(), "clock is behind, waiting for it");
}

/// Our own defect; the daemon stops.
pub fn defect(sentence: &str) {
    error!(sentence = %Discreet(sentence), "defect");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::record::Reference;
    use crate::program::verdict::What;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("one writer").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(directives: &str, format: Format, write: impl FnOnce()) -> String {
        let page = Page::default();
        let copy = page.clone();
        let journal = subscriber(move || copy.clone(), directives, format).expect("a filter");
        tracing::subscriber::with_default(journal, write);
        let bytes = page.0.lock().expect("done").clone();
        String::from_utf8(bytes).expect("the journal is UTF-8")
    }

    fn letter() -> Outgoing {
        let row = r#"{"id":"u-1","message_id":"u@network.example","reverse_path":null,
            "recipient":"amina@campus.example","subject":"A reminder","template":"reminder","urgency":"bulk","case":"K7Q2M",
            "queued":"2026-11-23T08:00:00Z","due":"2026-11-23T08:00:00Z","attempts":1,"under_way":true,
            "uncertain":0}"#;
        serde_json::from_str(row).expect("a letter in the outbox")
    }

    #[test]
    fn no_directive_makes_a_password_appear() {
        for format in [Format::Pretty, Format::Json] {
            let page = written("trace,async_imap=trace,lettre=debug,imap_proto=trace", format, || {
                tracing::trace!(target: "async_imap::imap_stream", "encode: A0001 LOGIN contact s3cret");
                tracing::debug!(target: "async_imap", "s3cret");
                tracing::trace!(target: "imap_proto", "s3cret");
                tracing::debug!(target: "lettre::transport::smtp", "AUTH PLAIN s3cret");
                tracing::trace!("ours is there");
            });
            assert!(!page.contains("s3cret"), "{page}");
            assert!(page.contains("ours is there"), "{page}");
        }
    }

    #[test]
    fn a_decision_is_one_line_of_json_with_references_only() {
        let page = written("info", Format::Json, || {
            let verdict = Verdict::new(What::Done("accept"), Some(Reference("K7Q2M".into())));
            decided(&InputId("mail:12".into()), &verdict, 2);
        });
        let line: serde_json::Value = serde_json::from_str(&page).expect("one object");
        assert_eq!(line["message"], "decided");
        assert_eq!((&line["input"], &line["verdict"]), (&"mail:12".into(), &"accept".into()));
        assert_eq!((&line["case"], &line["letters"]), (&"K7Q2M".into(), &2.into()));
    }

    #[test]
    fn a_servers_words_lose_their_addresses() {
        let page = written("info", Format::Pretty, || {
            submitted(
                &letter(),
                &Outcome::Permanent("550 5.1.1 <amina@campus.example>: User unknown".into()),
            );
            mailbox_unreachable(
                "no route to mail.network.example for contact@network.example",
                Duration::from_secs(30),
            );
        });
        assert!(page.contains("550 5.1.1 … User unknown") && !page.contains('@'), "{page}");
    }

    #[test]
    fn a_wrong_filter_is_a_sentence() {
        let error = subscriber(io::sink, "info,=[", Format::Json).map(|_| ()).expect_err("no filter");
        assert!(error.contains(VARIABLE) && error.contains("debug"), "{error}");
    }
}
