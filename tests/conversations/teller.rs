//! Tells a story to a world, and checks what everybody got.

use super::script::{How, Step, What};
use crate::world::people::{Got, MailProgram};
use crate::world::power::Power;
use crate::world::{CONTACT, World, moment};
use chrono::TimeZone;
use soundingboard::mail::address::AddrSpec;
use soundingboard::program::rules::ShowAddresses;
use std::collections::BTreeMap;

/// Letters that come before the two of a case are introduced. Receipts of a request are none
/// of them: they say back what the advisee wrote, an address perhaps.
const BEFORE_ACCEPTANCE: [&str; 17] = [
    "request-to-advisor",
    "reminder",
    "expired-to-advisor",
    "asked-elsewhere",
    "words-sent-on",
    "words-forwarded",
    "written-noted",
    "heard-noted",
    "sent-on",
    "moved-on",
    "wait-noted",
    "others-meanwhile",
    "contact-away",
    "declined",
    "no-answer",
    "not-reached",
    "settled-question",
];

/// The one who tells.
pub struct Teller {
    pub world: World,
    told: Told,
    pub duplicates: usize,
    /// Prints every letter as it comes.
    pub aloud: bool,
}

/// What has been told so far: who there is, and who got what.
#[derive(Clone, Default, PartialEq)]
pub struct Told {
    names: BTreeMap<String, String>,
    /// Every letter of the story so far, by reader.
    got: BTreeMap<String, Vec<Got>>,
    /// Arrived in this step and not yet asked for.
    unasked: Vec<Got>,
    /// The subjects of all letters, in the order in which they arrived.
    subjects: Vec<String>,
    /// The bytes of every letter, by reader and Message-ID.
    seen: BTreeMap<(String, String), Vec<u8>>,
    mail_program: MailProgram,
    last: Option<(u32, Vec<u8>)>,
    /// What staff wrote by hand last, by reader.
    by_hand: BTreeMap<String, ByHand>,
    last_by_hand: Vec<u8>,
    begun: bool,
}

/// A story between two of its steps.
pub struct Moment {
    pub world: moment::Moment,
    told: Told,
}

impl Teller {
    pub fn new(world: World) -> Self {
        Self { world, told: Told::default(), duplicates: 0, aloud: false }
    }

    /// Tells the whole story.
    pub fn tell(&mut self, steps: &[Step]) -> Result<(), String> {
        steps.iter().try_for_each(|step| self.step(step))?;
        self.nothing_else()
    }

    /// Where the story stands now, for going back to.
    pub fn moment(&mut self) -> Moment {
        Moment { world: self.world.moment(), told: self.told.clone() }
    }

    /// Goes on from there, with this power supply.
    pub fn at(moment: &Moment, power: Power) -> Self {
        let world = World::at(&moment.world, power);
        Self { world, told: moment.told.clone(), duplicates: 0, aloud: false }
    }

    /// Whether nothing differs from that moment: then nothing will.
    pub fn is_at(&mut self, moment: &Moment) -> bool {
        self.told == moment.told && self.world.is_at(&moment.world)
    }

    /// Tells one step.
    pub fn step(&mut self, step: &Step) -> Result<(), String> {
        self.take(step).map_err(|why| format!("line {}: {why}", step.line))
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        if !step.what.asks() && step.what != What::Network {
            self.nothing_else()?;
            self.begin(step);
        }
        match &step.what {
            What::Network => self.world.configure(&step.body.join("\n"))?,
            What::At(time) => {
                let until =
                    self.world.rules.zone.from_local_datetime(time).earliest().ok_or("no such time")?;
                self.world.pass(until.to_utc());
            }
            What::Imported => self.world.import(&step.body.join("\n"))?,
            What::Announced => self.world.announce(),
            What::BackedUp => self.world.back_up(),
            What::Restored => self.world.restore()?,
            What::Resumed => self.world.resume(),
            What::Writes { from, subject } => self.writes(from, subject, &step.body),
            What::Replies { from, whose, to, how } => {
                self.replies(from, whose, to.as_deref(), *how, &step.body)?;
            }
            What::Copies { from, to, subject } => self.copies(from, to, subject, &step.body),
            What::OutOfOffice { from } => self.out_of_office(from, &step.body)?,
            What::Receipt { from } => {
                let (from, address) = self.person(from);
                let letter = self.letter_of(&address, None)?;
                let mail = self.told.mail_program.receipt(&from, &letter);
                self.deliver(mail);
            }
            What::AnswersInvitation { from, how } => {
                let (from, address) = self.person(from);
                let invited = self.told.got.get(&address).ok_or(format!("{address} has no letter"))?;
                let with = invited.iter().rev().find(|letter| letter.calendar.is_some());
                let letter = with.cloned().ok_or(format!("{address} has no invitation"))?;
                let mail = self.told.mail_program.calendar_answer(&from, &letter, how, &step.body);
                self.deliver(mail);
            }
            What::Invites { from, to, method } => {
                let (from, _) = self.person(from);
                let to = if to == "us" { CONTACT.to_owned() } else { format!("{to}, {CONTACT}") };
                let mail = self.told.mail_program.own_calendar(&from, &to, method, &step.body);
                self.deliver(mail);
            }
            What::Bounces { address } => self.bounces(address)?,
            What::Reported { address, action } => self.reported(address, action)?,
            What::Refused { address } => {
                let address = AddrSpec::parse(address).map_err(|e| e.to_string())?;
                self.world.post.refuse(&address, "550 5.1.1 no such user");
            }
            What::ByHand { to, subject, kept } => {
                self.staff_write(to, subject.as_deref(), *kept, &step.body)?
            }
            What::AnswersStaff { from } => self.answers_staff(from, &step.body)?,
            What::SentAgain => self.keep_as_sent(self.told.last_by_hand.clone()),
            What::LastMailOf { folder, stays } => {
                if self.world.post.is_last_moved_from(folder) == *stays {
                    return Err(format!(
                        "the last mail of {folder} should have been {}",
                        if *stays { "left" } else { "put away" }
                    ));
                }
            }
            What::ToInbox { folder } => {
                let mail = self.world.post.take_first_of(folder).ok_or("an empty folder")?;
                self.deliver(mail);
            }
            What::WritesInto { folder, from, subject } => self.writes_into(folder, from, subject, &step.body),
            What::Again => {
                let (_, bytes) = self.told.last.clone().ok_or("no mail yet")?;
                self.deliver(bytes);
            }
            What::Daemon { up } => {
                self.world.running = *up;
                self.world.run();
            }
            What::MailServer { up } => {
                self.world.post.set_smtp(*up);
                self.world.run();
            }
            What::Renumbered => {
                self.world.post.renumber();
                self.world.run();
            }
            What::OldMails(count) => self.old_mails(*count),
            What::Gets { who, subject } => self.gets(who, subject, &step.body)?,
            What::LastMail { stays } => self.last_mail(*stays)?,
            What::NothingElse => self.nothing_else()?,
        }
        self.collect()
    }

    /// The daemon has its first start on whatever lies there before anybody writes.
    fn begin(&mut self, step: &Step) {
        if !self.told.begun && !matches!(step.what, What::OldMails(_) | What::At(_)) {
            self.told.begun = true;
            self.world.run();
        }
    }

    // ---- writing

    fn writes(&mut self, from: &str, subject: &str, body: &[String]) {
        let (from, _) = self.person(from);
        let (subject, now) = (self.with_reference(subject), self.world.clock.now());
        let (head, body) = headers(body);
        let text = self.with_references(&self.with_letters(body));
        let mail = self.told.mail_program.mail(&from, &subject, &text, now);
        self.deliver([head.into_bytes(), mail].concat());
    }

    fn replies(
        &mut self,
        from: &str,
        whose: &str,
        to: Option<&str>,
        how: How,
        body: &[String],
    ) -> Result<(), String> {
        let (from, _) = self.person(from);
        let (_, whose) = self.person(whose);
        let letter = self.letter_of(&whose, to)?;
        let (head, body) = headers(body);
        let text = self.with_references(&self.with_letters(body));
        let now = self.world.clock.now();
        let mail = match how {
            How::Bare => self.told.mail_program.mail(&from, &format!("Re: {}", letter.subject), &text, now),
            How::Quoting => self.told.mail_program.reply(&from, &letter, &text, true, now),
            How::ByPhone => self.told.mail_program.reply_by_phone(&from, &letter, &text, now),
            How::Unmarked => self.told.mail_program.reply_unmarked(&from, &letter, &text, now),
            How::ToAll => self.told.mail_program.reply_to_all(&from, &letter, &text, now),
        };
        self.deliver([head.into_bytes(), mail].concat());
        Ok(())
    }

    fn copies(&mut self, from: &str, to: &str, subject: &str, body: &[String]) {
        let (from, _) = self.person(from);
        let (subject, now) = (self.with_reference(subject), self.world.clock.now());
        let mail = self.told.mail_program.copy_to_us(&from, to, &subject, &body.join("\r\n"), now);
        self.deliver(mail);
    }

    /// A filter puts a mail aside.
    fn writes_into(&mut self, folder: &str, from: &str, subject: &str, body: &[String]) {
        let (from, _) = self.person(from);
        let (subject, now) = (self.with_reference(subject), self.world.clock.now());
        let mail = self.told.mail_program.mail(&from, &subject, &body.join("\r\n"), now);
        self.world.post.put_into(folder, mail);
        self.world.run();
    }

    /// Staff write from the contact mailbox: a new mail, or an answer to somebody's last.
    fn staff_write(
        &mut self,
        to: &str,
        subject: Option<&str>,
        kept: bool,
        body: &[String],
    ) -> Result<(), String> {
        let (text, now) = (body.join("\r\n"), self.world.clock.now());
        let wrote = match subject {
            Some(subject) => ByHand::new(&self.with_reference(subject), &text),
            None => {
                let (_, last) = self.told.last.as_ref().ok_or("no mail yet")?;
                ByHand::answering(last, &text)
            }
        };
        let mail = self.told.mail_program.by_hand(to, &wrote.head, &wrote.body, now);
        self.told.by_hand.insert(to.to_owned(), ByHand::read(&mail));
        if kept {
            self.keep_as_sent(mail);
        }
        Ok(())
    }

    fn keep_as_sent(&mut self, mail: Vec<u8>) {
        self.told.last_by_hand = mail.clone();
        self.world.post.put_into("Sent", mail);
        self.world.run();
    }

    fn answers_staff(&mut self, from: &str, body: &[String]) -> Result<(), String> {
        let (from, address) = self.person(from);
        let theirs = self.told.by_hand.get(&address).ok_or(format!("staff have not written to {address}"))?;
        let answer = theirs.answered(&body.join("\r\n"));
        let mail = self.told.mail_program.mail(&from, &answer.head, &answer.body, self.world.clock.now());
        self.deliver(mail);
        Ok(())
    }

    fn out_of_office(&mut self, from: &str, body: &[String]) -> Result<(), String> {
        let (from, address) = self.person(from);
        let letter = self.letter_of(&address, None)?;
        let now = self.world.clock.now();
        let mail = self.told.mail_program.absence(&from, &letter, &body.join("\r\n"), now);
        self.deliver(mail);
        Ok(())
    }

    fn bounces(&mut self, address: &str) -> Result<(), String> {
        let letter = self.letter_of(address, None)?;
        let mail = self.told.mail_program.report(&letter);
        self.deliver(mail);
        Ok(())
    }

    fn reported(&mut self, address: &str, action: &str) -> Result<(), String> {
        let letter = self.letter_of(address, None)?;
        let mail = self.told.mail_program.report_of(&letter, action);
        self.deliver(mail);
        Ok(())
    }

    fn old_mails(&mut self, count: usize) {
        for n in 0..count {
            let mail = format!(
                "From: old{n}@campus.example\r\nTo: {CONTACT}\r\nSubject: Request meeting\r\nMessage-ID: <old{n}@campus.example>\r\n\r\n\
                 Advisor: Amina Haddad\r\nIssue: long settled\r\n"
            );
            self.world.post.deliver(mail.into_bytes());
        }
    }

    fn deliver(&mut self, bytes: Vec<u8>) {
        let uid = self.world.post.deliver(bytes.clone());
        self.world.post.stamp(uid, self.world.clock.now());
        self.told.last = Some((uid, bytes));
        self.world.run();
    }

    /// `Amina Haddad <amina@campus.example>` the first time, the bare address from then on.
    fn person(&mut self, who: &str) -> (String, String) {
        if let Some((name, rest)) = who.split_once('<') {
            let address = rest.trim_end_matches('>').to_owned();
            self.told.names.insert(address.clone(), name.trim().to_owned());
        }
        let address = who.split_once('<').map_or(who, |(_, rest)| rest.trim_end_matches('>')).to_owned();
        match self.told.names.get(&address) {
            Some(name) => (format!("{name} <{address}>"), address),
            None => (address.clone(), address),
        }
    }

    /// `{reference of Eve}` is the one in the latest subject that speaks of her.
    fn with_references(&self, text: &str) -> String {
        let mut text = text.to_owned();
        while let Some((before, rest)) = text.split_once("{reference of ")
            && let Some((who, after)) = rest.split_once('}')
        {
            let of = |s: &&String| s.contains(who);
            let subjects = self.told.subjects.iter().filter(of);
            let found = subjects.filter_map(|s| s.rsplit_once('[')?.1.strip_suffix(']')).next_back();
            let listed = || {
                self.told.got.values().flatten().filter_map(|g| listed_reference(&g.text, who)).next_back()
            };
            text = format!("{before}{}{after}", found.or_else(listed).unwrap_or("00000"));
        }
        text
    }

    /// `> {letters of ADDRESS}` are all the letters that ADDRESS got, quoted.
    fn with_letters(&self, body: &[String]) -> String {
        let quoted = |address: &str| {
            let letters = self.told.got.get(address).into_iter().flatten();
            letters.flat_map(|l| l.text.lines()).map(|l| format!("> {l}")).collect::<Vec<_>>().join("\r\n")
        };
        let line = |line: &String| {
            let address = line.strip_prefix("> {letters of ").and_then(|l| l.strip_suffix('}'));
            address.map_or_else(|| line.clone(), quoted)
        };
        body.iter().map(line).collect::<Vec<_>>().join("\r\n")
    }

    /// `{reference}` is the one in the latest letter that had one.
    fn with_reference(&self, subject: &str) -> String {
        let subjects = self.told.got.values().flatten().map(|g| g.subject.as_str());
        let reference = subjects.filter_map(|s| s.rsplit_once('[')?.1.strip_suffix(']')).next_back();
        subject.replace("{reference}", reference.unwrap_or("00000"))
    }

    fn letter_of(&self, address: &str, subject: Option<&str>) -> Result<Got, String> {
        let letters = self.told.got.get(address).ok_or(format!("{address} has no letter"))?;
        let mut fitting = letters.iter().rev().filter(|l| subject.is_none_or(|s| l.subject.contains(s)));
        fitting.next().cloned().ok_or(format!("{address} has no letter with {subject:?} in its subject"))
    }

    // ---- getting

    /// Takes in what arrived. A second copy must be the same letter.
    fn collect(&mut self) -> Result<(), String> {
        for letter in self.world.post.take_sent() {
            let got = Got::read(&letter);
            let name = (got.to.clone(), got.message_id.clone());
            if let Some(first) = self.told.seen.insert(name, letter.bytes.clone()) {
                self.duplicates += 1;
                if first != letter.bytes {
                    return Err(format!(
                        "{} got two different letters with one Message-ID: {}",
                        got.to, got.subject
                    ));
                }
                continue;
            }
            self.shows_no_address(&got, &letter.bytes)?;
            if self.aloud {
                println!("\n--- {} to {}: {}\n{}", self.world.clock.now(), got.to, got.subject, got.text);
            }
            self.told.subjects.push(got.subject.clone());
            self.told.got.entry(got.to.clone()).or_default().push(got.clone());
            self.told.unasked.push(got);
        }
        Ok(())
    }

    /// Before an acceptance no letter shows anybody's address to anybody else, in no header
    /// and no part, unless the network wants it so.
    fn shows_no_address(&self, got: &Got, bytes: &[u8]) -> Result<(), String> {
        let always = self.world.rules.requests.show_addresses == ShowAddresses::Always;
        if always || !BEFORE_ACCEPTANCE.contains(&got.template.as_str()) {
            return Ok(());
        }
        let whole = String::from_utf8_lossy(bytes).replace("=\r\n", "").replace("%40", "@");
        let whole = format!("{whole}\n{}", got.text).to_lowercase();
        match self.told.names.keys().find(|who| **who != got.to && whole.contains(&who.to_lowercase())) {
            Some(who) => Err(format!("\"{}\" shows {who} to {}:\n{whole}", got.subject, got.to)),
            None => Ok(()),
        }
    }

    fn gets(&mut self, who: &str, subject: &str, body: &[String]) -> Result<(), String> {
        let fits = |got: &Got| got.to == who && got.subject.contains(subject);
        let Some(at) = self.told.unasked.iter().position(fits) else {
            return Err(format!("{who} did not get \"{subject}\"; what came: {}", self.unasked_list()));
        };
        let got = self.told.unasked.remove(at);
        let text = squeeze(&got.text);
        for line in body.iter().filter(|l| !l.trim().is_empty()) {
            if let Some(line) = line.strip_prefix("calendar: ") {
                let calendar = got.calendar.as_deref().unwrap_or("no calendar");
                if !calendar.lines().any(|l| l == line) {
                    return Err(format!("\"{}\" to {who} lacks \"{line}\":\n{calendar}", got.subject));
                }
                continue;
            }
            let (wanted, line) = match line.strip_prefix("not: ") {
                Some(line) => (false, line),
                None => (true, line.as_str()),
            };
            if text.contains(&squeeze(line)) != wanted {
                let verb = if wanted { "lacks" } else { "has" };
                return Err(format!("\"{}\" to {who} {verb} \"{line}\":\n{}", got.subject, got.text));
            }
        }
        Ok(())
    }

    pub fn nothing_else(&self) -> Result<(), String> {
        match self.told.unasked.is_empty() {
            true => Ok(()),
            false => Err(format!("there was more: {}", self.unasked_list())),
        }
    }

    fn unasked_list(&self) -> String {
        let list =
            self.told.unasked.iter().map(|got| format!("{}: \"{}\"\n{}", got.to, got.subject, got.text));
        if self.told.unasked.is_empty() {
            "nothing".to_owned()
        } else {
            list.collect::<Vec<_>>().join("\n---\n")
        }
    }

    fn last_mail(&self, stays: bool) -> Result<(), String> {
        let (uid, _) = self.told.last.as_ref().ok_or("no mail yet")?;
        match self.world.post.moved().contains(uid) != stays {
            true => Ok(()),
            false => {
                Err(format!("the last mail should have been {}", if stays { "left" } else { "put away" }))
            }
        }
    }
}

/// A mail between staff and a participant that the program has no part in.
#[derive(Clone, PartialEq)]
struct ByHand {
    /// Its subject, and fields after it.
    head: String,
    body: String,
}

impl ByHand {
    fn new(subject: &str, text: &str) -> Self {
        Self { head: subject.to_owned(), body: text.to_owned() }
    }

    fn read(mail: &[u8]) -> Self {
        let text = String::from_utf8_lossy(mail);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        Self { head: head.to_owned(), body: body.to_owned() }
    }

    /// An answer to these bytes, with all of them quoted below.
    fn answering(mail: &[u8], text: &str) -> Self {
        Self::read(mail).answered(text)
    }

    fn answered(&self, text: &str) -> Self {
        let field = |name: &str| {
            let line = self.head.lines().find_map(|l| l.strip_prefix(name));
            line.map(str::trim).unwrap_or_default().to_owned()
        };
        let (subject, id, earlier) = (field("Subject:"), field("Message-ID:"), field("References:"));
        let head = format!("Re: {subject}\r\nIn-Reply-To: {id}\r\nReferences: {earlier} {id}");
        let quoted: String = self.body.lines().map(|l| format!("> {l}\r\n")).collect();
        Self { head, body: format!("{text}\r\n\r\nOn Monday, somebody wrote:\r\n{quoted}") }
    }
}

/// The lines `with: Name: value` a body begins with, as they stand in a mail, and the rest.
fn headers(body: &[String]) -> (String, &[String]) {
    let count = body.iter().take_while(|line| line.starts_with("with: ")).count();
    let head = body[..count].iter().map(|line| format!("{}\r\n", &line["with: ".len()..])).collect();
    (head, &body[count..])
}

/// The reference that a list shows for somebody: `Eve: her subject [K7Q2M]`.
fn listed_reference<'a>(text: &'a str, who: &str) -> Option<&'a str> {
    if let Some((_, rest)) = text.rsplit_once(&format!("\n{who}: ")) {
        return Some(rest.split_once('[')?.1.split_once(']')?.0);
    }
    // In a list of letters the reference comes first.
    let (before, _) = text.split_once(who)?;
    before.rsplit_once("\n- ")?.1.split_once(',').map(|(reference, _)| reference)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().filter(|w| *w != ">").collect::<Vec<_>>().join(" ")
}
