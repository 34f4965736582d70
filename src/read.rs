//! `soundingboard read`: what is understood of mail files, one JSON object a line.

use crate::mail::authentication::Trusted;
use crate::mail::event::Event;
use crate::mail::form::{self, FormWords};
use crate::mail::inbound::{Attachment, Authentication, Inbound, Origin};
use crate::mail::message_id::MessageId;
use crate::mail::report::ReportedRecipient;
use crate::templates::{self, words_files};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is printed of one mail: the fields and their order are a promise to other programs.
#[derive(Debug, Serialize)]
struct Understood {
    file: String,
    origin: Origin,
    from: Option<String>,
    reply_to: Vec<String>,
    subject: Option<String>,
    message_id: Option<String>,
    in_reply_to: Vec<String>,
    references: Vec<String>,
    date: Option<String>,
    recipients: Vec<ReportedRecipient>,
    text: String,
    new_text: String,
    form: Option<UnderstoodForm>,
    calendar: Option<UnderstoodCalendar>,
    authentication: Authentication,
    attachments: Vec<Attachment>,
    problems: Vec<String>,
}

/// The fields of a calendar object that are promised; the record keeps more.
#[derive(Debug, Serialize)]
struct UnderstoodCalendar {
    method: String,
    uid: String,
    sequence: u64,
    attendee: Option<String>,
    partstat: Option<String>,
}

#[derive(Debug, Serialize)]
struct UnderstoodForm {
    kind: String,
    fields: BTreeMap<String, String>,
}

/// Prints one line for each file of `paths`; a folder is walked in sorted order.
///
/// What is in a file is never an error: only `out` can fail. `authserv_ids` name the
/// receivers whose Authentication-Results (RFC 8601) count; without any, the topmost does.
pub fn read_command(paths: &[PathBuf], authserv_ids: &[String], out: &mut dyn Write) -> io::Result<()> {
    let trusted = match authserv_ids {
        [] => Trusted::Topmost,
        ids => Trusted::Receivers(ids.to_vec()),
    };
    let eyes = Eyes { words: shipped_words(), trusted };
    for path in paths {
        read_path(path, &eyes, out)?;
    }
    out.flush()
}

/// How mails are read.
#[derive(Default)]
struct Eyes {
    words: FormWords,
    trusted: Trusted,
}

fn read_path(path: &Path, eyes: &Eyes, out: &mut dyn Write) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        return match sorted_entries(path) {
            Ok(entries) => entries.iter().try_for_each(|entry| read_path(entry, eyes, out)),
            Err(error) => print(&unreadable(path, &error), out),
        };
    }
    match std::fs::read(path) {
        Ok(bytes) => print(&understood(path, &bytes, eyes), out),
        Err(error) => print(&unreadable(path, &error), out),
    }
}

/// What lies in a folder, in the order of names.
pub(crate) fn sorted_entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries =
        std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn print(understood: &Understood, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, understood)?;
    out.write_all(b"\n")
}

/// A file that cannot be read is a line too, so that no file is missing from the answer.
fn unreadable(path: &Path, error: &io::Error) -> Understood {
    let mut empty = understood(path, b"", &Eyes::default());
    empty.problems = vec![format!("{} cannot be read: {error}", path.display())];
    empty
}

fn understood(path: &Path, bytes: &[u8], eyes: &Eyes) -> Understood {
    let mail = Inbound::parse_trusting(bytes, true, &eyes.trusted);
    let form = form::read(&mail, &eyes.words).map(|form| UnderstoodForm {
        kind: form.kind,
        fields: form.fields.into_iter().map(|f| (f.label, f.value)).collect(),
    });
    Understood {
        file: path.display().to_string(),
        origin: mail.origin,
        from: mail.from.map(|m| m.address.to_string()),
        reply_to: mail.reply_to.iter().map(|m| m.address.to_string()).collect(),
        subject: mail.subject,
        message_id: mail.message_id.map(|id| id.to_string()),
        in_reply_to: mail.in_reply_to.iter().map(MessageId::to_string).collect(),
        references: mail.references.iter().map(MessageId::to_string).collect(),
        date: mail.date.map(|d| d.to_rfc3339()),
        recipients: mail.report.map(|r| r.recipients).unwrap_or_default(),
        text: mail.text,
        new_text: mail.new_text,
        form,
        calendar: mail.calendar.map(understood_calendar),
        authentication: mail.authentication,
        attachments: mail.attachments,
        problems: mail.problems,
    }
}

fn understood_calendar(event: Event) -> UnderstoodCalendar {
    let Event { method, uid, sequence, attendee, partstat, .. } = event;
    UnderstoodCalendar { method, uid, sequence, attendee: attendee.map(|a| a.to_string()), partstat }
}

/// The words of every language shipped: reading a file needs no configuration.
fn shipped_words() -> FormWords {
    let files = words_files(&templates::languages(), None).expect("the shipped words are read by a test");
    FormWords::from_files(&files).expect("the shipped words do not collide: a test holds them to it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_shipped_words_name_the_four_kinds() {
        let words = shipped_words();
        let kinds: std::collections::BTreeSet<&str> = words.kinds.values().map(String::as_str).collect();
        let wanted = ["Advisor sign-up", "Advisor update", "Meeting confirmation", "Request meeting"];
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_folder_is_walked_in_order_and_every_file_has_its_line() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect(name);
        write(
            "b.eml",
            "From: amina@campus.example\nSubject: Demande de rencontre\n\nConseiller: Karim\nQuestion: Koha\n",
        );
        write("a.eml", "");
        let mut out = Vec::new();
        let missing = folder.path().join("missing.eml");
        read_command(&[folder.path().to_owned(), missing], &[], &mut out).expect("a vector takes all");
        let lines: Vec<Value> =
            String::from_utf8_lossy(&out).lines().map(|l| serde_json::from_str(l).expect(l)).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0]["file"].as_str().is_some_and(|f| f.ends_with("a.eml")));
        assert_eq!(lines[1]["form"]["kind"], "Request meeting");
        assert_eq!(lines[1]["form"]["fields"]["Advisor"], "Karim");
        assert_eq!(lines[1]["from"], "amina@campus.example");
        assert!(lines[2]["problems"][0].as_str().is_some_and(|p| p.contains("cannot be read")));
    }
}
