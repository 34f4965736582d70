//! A story as it is written down: lines become steps.
//!
//! ```text
//! # a remark
//! @ 2026-11-02 09:00                          time passes until then (the network's zone)
//! Amina Haddad <amina@campus.example> writes: Advisor sign-up
//!   the body, indented by two blanks
//! amina@campus.example replies:               to the last letter she got, quoting it
//!   ACCEPT
//! amina@campus.example replies to "asks":     to the last letter with that in its subject
//! amina@campus.example replies bare:          without any token: a new mail of the same subject
//! amina@campus.example replies by phone:      HTML only, as Outlook on a phone writes it
//! amina@campus.example replies unmarked:       as Outlook quotes in plain text: with no marks
//! leila@campus.example replies to all "meet": to everybody who got or wrote that letter
//! contact@network.example answers for staff@network.example:   to the last letter that one got
//! contact@network.example answers for staff@network.example to "asks":
//! leila@campus.example copies us to amina@campus.example: Tuesday?   a mail of theirs, with us in Cc
//! amina@campus.example is out of office:      a machine answers the last letter
//! amina@campus.example sends a read receipt   of the last letter she got
//! amina@campus.example answers the invitation: REPLY DECLINED     her calendar program does
//!   COMMENT:I am ill                          lines of the meeting that differ
//! amina@campus.example invites leila@campus.example: REQUEST      from her own calendar, us in copy
//!   UID:own-1                                 the lines of the meeting
//! leila@auc.example gets: Your request        a letter with that in its subject
//!   words that stand in its text
//!   not: words that do not
//!   calendar: a line of the part for calendar programs
//! nothing else                                and no other letter to anybody
//! ```
//!
//! What staff do by hand:
//!
//! ```text
//! staff write by hand to leila@campus.example: Koha     a new mail, kept in the folder Sent
//! staff answer leila@campus.example by hand:            her last mail, kept there too
//! staff answer leila@campus.example unseen:             and not kept anywhere
//! leila@campus.example answers the staff:               their last mail to her, quoting it
//! the sent mail comes again                             a copy of their last mail in Sent
//! Leila <leila@campus.example> writes into Junk: ROSTER a filter puts her mail aside
//! the last mail of Junk stays                           or `is put away`
//! the first mail of Junk is moved to the inbox
//! ```
//!
//! Lines `with: Name: value` that begin a body are fields of the mail's header.
//! In a reply `{reference of Eve}` stands for the reference in the latest subject with her name,
//! or else for the one beside her name in a list.
//!
//! A story whose network is not the usual one begins with `the network has:` and, indented,
//! the lines of the configuration that differ.
//!
//! A body may begin with lines `header Name: value`: these stand at the top of the mail.
//! The line `> {letters of ADDRESS}` quotes every letter that ADDRESS got.
//! `the roster is imported:` has the lines of a CSV file below it; `the roster is announced`.
//!
//! And single lines: `the letter to ADDRESS bounces`, `is late`, `has arrived after all`,
//! `the store is backed up`, `the backup is put back`, `the operator says resume`,
//! `the same mail comes again`,
//! `the daemon is down` / `up`, `the mail server is down` / `up`, `the mailbox is made anew`,
//! `N old mails are there`, `the last mail stays` / `is put away`.

use chrono::NaiveDateTime;

/// One step, with the line where it begins.
#[derive(Debug)]
pub struct Step {
    pub line: usize,
    pub what: What,
    /// The indented lines under it.
    pub body: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub enum What {
    /// Lines of the configuration.
    Network,
    At(NaiveDateTime),
    Imported,
    Announced,
    BackedUp,
    Restored,
    Resumed,
    Writes {
        from: String,
        subject: String,
    },
    Replies {
        from: String,
        /// Whose letter it answers.
        whose: String,
        to: Option<String>,
        how: How,
    },
    /// To somebody else, with the contact address in Cc.
    Copies {
        from: String,
        to: String,
        subject: String,
    },
    OutOfOffice {
        from: String,
    },
    /// A mail program says that the last letter was opened.
    Receipt {
        from: String,
    },
    /// A calendar program answers the last invitation.
    AnswersInvitation {
        from: String,
        how: String,
    },
    /// A meeting from a calendar of their own.
    Invites {
        from: String,
        to: String,
        method: String,
    },
    Bounces {
        address: String,
    },
    /// A mail server says that the last letter is late, or that it has arrived.
    Reported {
        address: String,
        action: &'static str,
    },
    Refused {
        address: String,
    },
    Again,
    /// Staff write from the contact mailbox, to this address.
    ByHand {
        to: String,
        /// None: it answers the last mail of that address.
        subject: Option<String>,
        kept: bool,
    },
    AnswersStaff {
        from: String,
    },
    SentAgain,
    LastMailOf {
        folder: String,
        stays: bool,
    },
    /// The first mail of this folder.
    ToInbox {
        folder: String,
    },
    WritesInto {
        folder: String,
        from: String,
        subject: String,
    },
    Daemon {
        up: bool,
    },
    MailServer {
        up: bool,
    },
    Renumbered,
    OldMails(usize),
    Gets {
        who: String,
        subject: String,
    },
    LastMail {
        stays: bool,
    },
    NothingElse,
}

impl What {
    /// Whether the step only asks what has happened.
    pub fn asks(&self) -> bool {
        matches!(
            self,
            What::Gets { .. } | What::NothingElse | What::LastMail { .. } | What::LastMailOf { .. }
        )
    }
}

/// How a reply is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// Below the words stands the letter, quoted.
    Quoting,
    /// A new mail of the same subject: no token, no reference.
    Bare,
    /// In HTML alone, the letter below a line.
    ByPhone,
    /// In plain text, the letter below without marks.
    Unmarked,
    /// To everybody in the letter's To and From.
    ToAll,
}

/// Reads a story; a line that is none of these is an error with its number.
pub fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if let Some(body) = line.strip_prefix("  ") {
            let step = steps.last_mut().ok_or(format!("line {}: a body without a step", n + 1))?;
            step.body.push(body.to_owned());
        } else if line.trim().is_empty() {
            keep_blank(&mut steps);
        } else if !line.starts_with('#') {
            let what = step(line.trim_end()).map_err(|why| format!("line {}: {why}: {line}", n + 1))?;
            steps.push(Step { line: n + 1, what, body: Vec::new() });
        }
    }
    for step in &mut steps {
        while step.body.last().is_some_and(String::is_empty) {
            step.body.pop();
        }
    }
    Ok(steps)
}

/// A blank line inside a body belongs to it.
fn keep_blank(steps: &mut [Step]) {
    if let Some(step) = steps.last_mut().filter(|s| !s.body.is_empty()) {
        step.body.push(String::new());
    }
}

fn step(line: &str) -> Result<What, String> {
    match line {
        "the network has:" => return Ok(What::Network),
        "the roster is imported:" => return Ok(What::Imported),
        "the roster is announced" => return Ok(What::Announced),
        "the store is backed up" => return Ok(What::BackedUp),
        "the backup is put back" => return Ok(What::Restored),
        "the operator says resume" => return Ok(What::Resumed),
        "nothing else" => return Ok(What::NothingElse),
        "the sent mail comes again" => return Ok(What::SentAgain),
        "the same mail comes again" => return Ok(What::Again),
        "the daemon is down" | "the daemon is up" => return Ok(What::Daemon { up: line.ends_with("up") }),
        "the mail server is down" | "the mail server is up" => {
            return Ok(What::MailServer { up: line.ends_with("up") });
        }
        "the mailbox is made anew" => return Ok(What::Renumbered),
        "the last mail stays" => return Ok(What::LastMail { stays: true }),
        "the last mail is put away" => return Ok(What::LastMail { stays: false }),
        _ => (),
    }
    if let Some(time) = line.strip_prefix("@ ") {
        let time = NaiveDateTime::parse_from_str(time.trim(), "%Y-%m-%d %H:%M");
        return time.map(What::At).map_err(|e| e.to_string());
    }
    let between = |start: &str, end: &str| line.strip_prefix(start)?.strip_suffix(end).map(str::to_owned);
    if let Some(address) = between("the letter to ", " bounces") {
        return Ok(What::Bounces { address });
    }
    for (end, action) in [(" is late", "delayed"), (" has arrived after all", "delivered")] {
        if let Some(address) = between("the letter to ", end) {
            return Ok(What::Reported { address, action });
        }
    }
    if let Some(address) = between("letters to ", " are refused") {
        return Ok(What::Refused { address });
    }
    if let Some(count) = between("", " old mails are there") {
        return count.parse().map(What::OldMails).map_err(|_| "not a number".to_owned());
    }
    if let Some(from) = between("", " sends a read receipt") {
        return Ok(What::Receipt { from });
    }
    by_hand(line).or_else(|| person(line)).ok_or_else(|| "not a step".to_owned())
}

fn by_hand(line: &str) -> Option<What> {
    if let Some(rest) = line.strip_prefix("the last mail of ") {
        let (folder, stays) = rest.split_once(' ')?;
        return Some(What::LastMailOf { folder: folder.to_owned(), stays: stays == "stays" });
    }
    if let Some(rest) = line.strip_prefix("the first mail of ") {
        let folder = rest.strip_suffix(" is moved to the inbox")?.to_owned();
        return Some(What::ToInbox { folder });
    }
    if let Some(rest) = line.strip_prefix("staff write by hand to ") {
        let (to, subject) = rest.split_once(':')?;
        let subject = Some(subject.trim().to_owned());
        return Some(What::ByHand { to: to.to_owned(), subject, kept: true });
    }
    if let Some(rest) = line.strip_prefix("staff answer ") {
        let (to, how) = rest.split_once(' ')?;
        let kept = how == "by hand:";
        let subject = None;
        return (kept || how == "unseen:").then(|| What::ByHand { to: to.to_owned(), subject, kept });
    }
    if let Some(from) = line.strip_suffix(" answers the staff:") {
        return Some(What::AnswersStaff { from: from.to_owned() });
    }
    let (from, rest) = line.split_once(" writes into ")?;
    let (folder, subject) = rest.split_once(':')?;
    let (folder, from) = (folder.to_owned(), from.to_owned());
    Some(What::WritesInto { folder, from, subject: subject.trim().to_owned() })
}

fn person(line: &str) -> Option<What> {
    let split =
        |verb: &str| line.split_once(verb).map(|(who, rest)| (who.to_owned(), rest.trim().to_owned()));
    if let Some((from, subject)) = split(" writes:") {
        return Some(What::Writes { from, subject });
    }
    if let Some((who, subject)) = split(" gets:") {
        return Some(What::Gets { who, subject });
    }
    if let Some((from, _)) = split(" is out of office:") {
        return Some(What::OutOfOffice { from });
    }
    if let Some((from, how)) = split(" answers the invitation:") {
        return Some(What::AnswersInvitation { from, how });
    }
    if let Some((from, rest)) = split(" invites ") {
        let (to, method) = rest.split_once(':')?;
        return Some(What::Invites { from, to: to.to_owned(), method: method.trim().to_owned() });
    }
    if let Some((from, rest)) = split(" copies us to ") {
        let (to, subject) = rest.split_once(':')?;
        return Some(What::Copies { from, to: to.to_owned(), subject: subject.trim().to_owned() });
    }
    if let Some((from, rest)) = split(" answers for ") {
        let named = rest.strip_suffix(':')?;
        let (whose, to) = match named.split_once(" to \"") {
            Some((whose, to)) => (whose, Some(to.strip_suffix('"')?.to_owned())),
            None => (named, None),
        };
        return Some(What::Replies { from, whose: whose.to_owned(), to, how: How::Quoting });
    }
    let (from, rest) = split(" replies")?;
    let hows = [
        ("bare", How::Bare),
        ("by phone", How::ByPhone),
        ("unmarked", How::Unmarked),
        ("to all", How::ToAll),
    ];
    let special = hows.into_iter().find_map(|(words, how)| Some((how, rest.strip_prefix(words)?)));
    let (how, rest) = special.unwrap_or((How::Quoting, &rest));
    let named = rest.trim().trim_start_matches("to ").strip_suffix(':')?;
    let to = named.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    (named.is_empty() || to.is_some()).then(|| What::Replies {
        whose: from.clone(),
        from,
        to: to.map(str::to_owned),
        how,
    })
}
