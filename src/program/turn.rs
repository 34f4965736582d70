//! One decision being made: what it reads, and the batch that grows.

use super::View;
use super::batch::{Batch, Change, Posting, TimerChange};
use super::breaker::Cause;
use super::claim;
use super::command::Command;
use super::input::InputId;
use super::kept_back::Why;
use super::letter::{Addressed, Answered, Calendar, Letter, Thread};
use super::rank;
use super::readings::Readings;
use super::record::{
    Alias, Case, Counted, Owner, Party, Person, PersonKey, Record, Reference, Tally, Timestamp, Token,
    TokenOwner, understood,
};
use super::rules::Rules;
use super::schedule::{self, Timer, TimerId, TimerKind};
use super::verdict::Verdict;
use super::{outbox, token};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::form::Form;
use crate::mail::inbound::Inbound;
use crate::mail::message_id::MessageId;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// A decision as far as it had come.
pub struct Checkpoint {
    rows: BTreeMap<String, Option<String>>,
    outbox: Vec<Posting>,
    timers: Vec<TimerChange>,
    heard: BTreeMap<String, (AddrSpec, String)>,
    cause: Cause,
}

/// The rows of people as the view has them, which does not change while it is decided. Many rules
/// ask who somebody is, one after the other; of whom else they ask is too much to keep.
#[derive(Default)]
struct PeopleRead {
    rows: RefCell<BTreeMap<String, Option<String>>>,
    /// What no key begins with: few addresses are shared.
    none: RefCell<BTreeSet<String>>,
}

/// A decision under way. Reads see what it has already put.
pub struct Turn<'a> {
    pub rules: &'a Rules,
    pub now: Timestamp,
    /// What letters are written for from here on.
    pub cause: Cause,
    /// Mails that a brake has held are decided now.
    pub releasing: Option<Why>,
    view: &'a dyn View,
    people: PeopleRead,
    readings: Readings,
    input: InputId,
    rows: BTreeMap<String, Option<String>>,
    outbox: Vec<Posting>,
    timers: Vec<TimerChange>,
    /// Who wrote in which language, as far as this decision has seen.
    heard: BTreeMap<String, (AddrSpec, String)>,
}

impl<'a> Turn<'a> {
    pub fn new(rules: &'a Rules, view: &'a dyn View, input: InputId, now: Timestamp) -> Self {
        Self {
            rules,
            now,
            cause: Cause::default(),
            releasing: None,
            view,
            people: PeopleRead::default(),
            readings: Readings::default(),
            input,
            rows: BTreeMap::new(),
            outbox: Vec::new(),
            timers: Vec::new(),
            heard: BTreeMap::new(),
        }
    }

    /// How far the decision has come, to go back to.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            rows: self.rows.clone(),
            outbox: self.outbox.clone(),
            timers: self.timers.clone(),
            heard: self.heard.clone(),
            cause: self.cause,
        }
    }

    /// Nothing that was decided since then has been.
    pub fn rewind(&mut self, to: Checkpoint) {
        let Checkpoint { rows, outbox, timers, heard, cause } = to;
        (self.rows, self.outbox, self.timers, self.heard) = (rows, outbox, timers, heard);
        self.cause = cause;
    }

    /// The form in a mail.
    pub fn form(&self, mail: &Inbound) -> Option<Form> {
        self.readings.form(mail, &self.rules.forms)
    }

    /// The deciding word of a mail.
    pub fn said(&self, mail: &Inbound) -> Option<Command> {
        self.readings.said(&mail.new_text, mail.subject.as_deref(), &self.rules.words)
    }

    /// The id of the input that is decided.
    pub fn input(&self) -> &InputId {
        &self.input
    }

    /// The decision, done.
    pub fn finish(mut self, verdict: Verdict) -> Batch<Posting> {
        self.keep_languages();
        let records = self.rows.into_iter().map(|(key, value)| Change { key, value }).collect();
        Batch { handled: self.input, verdict, records, outbox: self.outbox, timers: self.timers }
    }

    // ---- records

    /// The record under this key, as this decision sees it.
    pub fn read<R: Record>(&self, key: &str) -> Option<R> {
        let key = format!("{}/{key}", R::TABLE);
        match self.rows.get(&key) {
            Some(own) => self.understood(&key, own.as_deref()?),
            None => self.understood(&key, &self.view.get(&key)?),
        }
    }

    /// The same for what is asked again and again.
    fn read_once<R: Record>(&self, key: &str) -> Option<R> {
        let key = format!("{}/{key}", R::TABLE);
        if let Some(own) = self.rows.get(&key) {
            return self.understood(&key, own.as_deref()?);
        }
        let mut rows = self.people.rows.borrow_mut();
        let text = rows.entry(key.clone()).or_insert_with(|| self.view.get(&key));
        self.understood(&key, text.as_deref()?)
    }

    /// All records of a table whose key begins with `prefix`, ascending.
    pub fn all<R: Record>(&self, prefix: &str) -> Vec<R> {
        let prefix = format!("{}/{prefix}", R::TABLE);
        self.rows_under(&prefix).iter().filter_map(|(key, text)| self.understood(key, text)).collect()
    }

    /// All records of a table in which this text, in lower case, stands as a value, and perhaps others:
    /// an address, say. Where that is of few, to read the others takes longer than all else.
    pub fn all_with<R: Record>(&self, text: &str) -> Vec<R> {
        self.all_with_one_of("", &[text.to_owned()])
    }

    /// The same with any of several texts, of those whose key begins with `prefix`.
    pub fn all_with_one_of<R: Record>(&self, prefix: &str, texts: &[String]) -> Vec<R> {
        let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
        let has_one = |row: &str| {
            let row = row.to_lowercase();
            quoted.iter().any(|text| row.contains(text))
        };
        let rows = self.rows_under(&format!("{}/{prefix}", R::TABLE)).into_iter();
        rows.filter(|(_, row)| has_one(row)).filter_map(|(key, row)| self.understood(&key, &row)).collect()
    }

    /// The records of a table that this decision has put, ascending.
    pub fn put_so_far<R: Record>(&self) -> Vec<R> {
        let prefix = format!("{}/", R::TABLE);
        let put = self.own_under(&prefix).filter_map(|(key, row)| self.understood(key, row.as_deref()?));
        put.collect()
    }

    fn rows_under(&self, prefix: &str) -> Vec<(String, String)> {
        let found = self.view.range(prefix);
        let mut own = self.own_under(prefix).peekable();
        if own.peek().is_none() {
            return found;
        }
        let mut rows: BTreeMap<String, String> = found.into_iter().collect();
        for (key, value) in own {
            match value {
                Some(text) => rows.insert(key.clone(), text.clone()),
                None => rows.remove(key),
            };
        }
        rows.into_iter().collect()
    }

    /// What this decision has changed under `prefix`, ascending.
    fn own_under(&self, prefix: &str) -> impl Iterator<Item = (&String, &Option<String>)> {
        let from = self.rows.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        from.take_while(move |(key, _)| key.starts_with(prefix))
    }

    fn understood<R: Record>(&self, key: &str, text: &str) -> Option<R> {
        understood(self.view, key, text)
    }

    pub fn put<R: Record>(&mut self, record: &R) {
        let change = Change::put(record);
        self.rows.insert(change.key, change.value);
    }

    pub fn delete<R: Record>(&mut self, key: &str) {
        self.rows.insert(Change::delete::<R>(key).key, None);
    }

    /// A row whose key says it all: `table/…`.
    pub fn mark(&mut self, key: String) {
        let change = Change::mark(key);
        self.rows.insert(change.key, change.value);
    }

    pub fn unmark(&mut self, key: String) {
        self.rows.insert(key, None);
    }

    /// Whether a row whose key says it all is there.
    pub fn is_marked(&self, key: &str) -> bool {
        match self.rows.get(key) {
            Some(own) => own.is_some(),
            None => self.view.get(key).is_some(),
        }
    }

    /// The last part of every marked key under `prefix`.
    pub fn marked(&self, prefix: &str) -> Vec<String> {
        self.rows_under(prefix).into_iter().map(|(mut key, _)| key.split_off(prefix.len())).collect()
    }

    /// One more of these this week.
    pub fn count(&mut self, what: Counted) {
        let week = schedule::period_key(self.now, self.rules.zone);
        let mut tally = self.tally(&week, what);
        tally.count += 1;
        self.put(&tally);
    }

    /// How many there were in a week.
    pub fn tally(&self, week: &str, what: Counted) -> Tally {
        let none = Tally { week: week.to_owned(), what, count: 0 };
        self.read(&none.key()).unwrap_or(none)
    }

    // ---- people

    /// Somebody by address (the first who has it, or whose second one it is) or by key.
    pub fn person(&self, who: impl Into<PersonKey>) -> Option<Person> {
        let PersonKey(key) = who.into();
        let alias = self.read_once::<Alias>(&key);
        self.read_once(&alias.map_or(key, |alias| alias.of.key()))
    }

    /// Everybody who has this address: several where it is shared.
    pub fn people_at(&self, address: &AddrSpec) -> Vec<Person> {
        self.people_reached_at(&self.first_address(address))
    }

    /// The same, of the address that letters to them go to.
    fn people_reached_at(&self, first: &AddrSpec) -> Vec<Person> {
        let key = first.key();
        let others = self.sharing(&key);
        self.read_once::<Person>(&key).into_iter().chain(others).collect()
    }

    /// The others who share an address.
    fn sharing(&self, key: &str) -> Vec<Person> {
        let prefix = format!("{}/{key}#", Person::TABLE);
        let is_as_it_was = self.own_under(&prefix).next().is_none();
        if is_as_it_was && self.people.none.borrow().contains(&prefix) {
            return Vec::new();
        }
        let rows = self.rows_under(&prefix);
        if is_as_it_was && rows.is_empty() {
            self.people.none.borrow_mut().insert(prefix);
        }
        rows.iter().filter_map(|(key, text)| self.understood(key, text)).collect()
    }

    /// The person of this name at this address, else the first there.
    pub fn person_called(&self, mailbox: &Mailbox) -> Option<Person> {
        let mut people = self.people_at(&mailbox.address);
        called(&people, mailbox).map(|at| people.swap_remove(at))
    }

    /// The address that letters to its owner go to: their first.
    pub fn first_address(&self, address: &AddrSpec) -> AddrSpec {
        self.read_once::<Alias>(&address.key()).map_or_else(|| address.clone(), |alias| alias.of)
    }

    /// Somebody at the address that letters go to.
    pub fn on_file(&self, mailbox: &Mailbox) -> Mailbox {
        Mailbox { address: self.first_address(&mailbox.address), name: mailbox.name.clone() }
    }

    /// Whether two addresses are one person's.
    pub fn is_same_person(&self, one: &AddrSpec, other: &AddrSpec) -> bool {
        self.first_address(one) == self.first_address(other)
    }

    /// The party of a case that an address belongs to.
    pub fn party_of(&self, case: &Case, address: &AddrSpec) -> Option<Party> {
        let same = |mailbox: &Mailbox| self.is_same_person(&mailbox.address, address);
        let advisor = case.attempts.iter().rposition(|a| same(&a.advisor));
        if same(&case.advisee) { Some(Party::Advisee) } else { advisor.map(Party::Advisor) }
    }

    /// Whether the address, or another one of its owner, belongs to a member institution.
    pub fn is_member(&self, address: &AddrSpec) -> bool {
        let member = |a: &AddrSpec| self.rules.members.iter().any(|domain| a.is_within(domain));
        // Who runs the network is no stranger to it.
        member(address) || self.is_staff(address) || self.second_addresses(address).iter().any(member)
    }

    /// The other addresses of whoever letters to this one go to.
    pub fn second_addresses(&self, first: &AddrSpec) -> Vec<AddrSpec> {
        let aliases = self.all_with::<Alias>(&first.key()).into_iter().filter(|alias| alias.of == *first);
        aliases.map(|alias| alias.address).collect()
    }

    /// Whether somebody is no stranger: on record, of a member institution, or of the staff.
    pub fn knows(&self, address: &AddrSpec) -> bool {
        // In this order: there may be many second addresses to look through.
        self.person(address).is_some() || self.is_member(address)
    }

    /// Whether one of the staff writes from this address.
    pub fn is_staff(&self, address: &AddrSpec) -> bool {
        self.rules.staff.iter().any(|s| s.writes_from(address))
    }

    /// The day it is now where somebody is.
    pub fn today_of(&self, person: &Person) -> NaiveDate {
        self.now.with_timezone(&self.zone_of(&person.address)).date_naive()
    }

    /// The zone in which somebody's hours are counted and shown.
    pub fn zone_of(&self, address: &AddrSpec) -> Tz {
        self.zone_there(address, self.person(address).as_ref())
    }

    /// The same where the first person of the address has been read.
    fn zone_there(&self, address: &AddrSpec, first: Option<&Person>) -> Tz {
        self.known_zone(address, first).unwrap_or(self.rules.zone)
    }

    /// The same, and whether that is only the network's: nobody has said where they are.
    pub fn clock_of(&self, address: &AddrSpec) -> (Tz, bool) {
        let known = self.known_zone(address, self.person(address).as_ref());
        (known.unwrap_or(self.rules.zone), known.is_none())
    }

    fn known_zone(&self, address: &AddrSpec, first: Option<&Person>) -> Option<Tz> {
        let institution = || self.rules.institutions.iter().find(|i| address.is_within(&i.domain));
        first.and_then(|p| p.zone).or_else(|| institution()?.zone)
    }

    /// The days on which somebody does not work.
    pub fn weekend_of(&self, address: &AddrSpec) -> Vec<chrono::Weekday> {
        let institution = self.rules.institutions.iter().find(|i| address.is_within(&i.domain));
        institution.and_then(|i| i.weekend.clone()).unwrap_or_else(|| self.rules.weekend.clone())
    }

    /// Somebody has used this language's words: letters to somebody who has not chosen one
    /// are written in it from now on.
    pub fn hears(&mut self, address: &AddrSpec, language: Option<&str>) {
        let configured = |spoken: &&String| {
            let primary = spoken.split('-').next();
            language.is_some_and(|l| *spoken == l || primary == Some(l))
        };
        if let Some(spoken) = self.rules.languages.iter().find(configured) {
            self.heard.insert(address.key(), (address.clone(), spoken.clone()));
        }
    }

    /// The language somebody was heard in, in this decision.
    pub fn heard(&self, address: &AddrSpec) -> Option<String> {
        self.heard.get(&address.key()).map(|(_, language)| language.clone())
    }

    /// People who have not chosen a language keep the first they were heard in.
    fn keep_languages(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        if self.rules.languages.len() < 2 {
            return;
        }
        for (address, language) in heard.into_values() {
            if let Some(person) = self.person(&address).filter(|p| p.language.is_none()) {
                self.put(&Person { language: Some(language), ..person });
            }
        }
    }

    fn language_of(&self, reader: &Mailbox, people: &[Person]) -> String {
        let address = &reader.address;
        let spoken = called(people, reader).and_then(|at| people[at].language.clone());
        let staff = self.rules.staff.iter().find(|s| s.mailbox.address == *address);
        let known = |l: &String| self.rules.languages.contains(l);
        spoken
            .or_else(|| staff.and_then(|s| s.language.clone()))
            .or_else(|| self.heard(address))
            .filter(known)
            .or_else(|| self.rules.languages.first().cloned())
            .unwrap_or_else(|| "en".to_owned())
    }

    // ---- timers

    pub fn set_timer(&mut self, due: Timestamp, what: TimerKind) {
        let id = what.id();
        self.forget_set(&id);
        self.timers.push(TimerChange::Set(Timer { id, due, what, waits_since: None }));
    }

    /// Notes of a timer that this decision has set, since when it is put off.
    pub fn waits_since(&mut self, id: &TimerId, since: Timestamp) {
        for change in &mut self.timers {
            if let TimerChange::Set(timer) = change
                && timer.id == *id
            {
                timer.waits_since = Some(since);
            }
        }
    }

    pub fn cancel_timer(&mut self, id: TimerId) {
        self.forget_set(&id);
        self.timers.push(TimerChange::Cancel(id));
    }

    /// What this decision has set before does not come to be: its row among the due ones would stay.
    fn forget_set(&mut self, id: &TimerId) {
        self.timers.retain(|change| !matches!(change, TimerChange::Set(timer) if timer.id == *id));
    }

    /// The timer as it stands before this decision.
    pub fn timer(&self, id: &TimerId) -> Option<Timer> {
        self.read(&id.0)
    }

    /// Ends every promise made so far in a case: the next stage makes its own.
    pub fn cancel_case_timers(&mut self, case: &Case) {
        let standing: Vec<Timer> = self.all(&TimerKind::prefix(&case.reference));
        for timer in standing {
            self.cancel_timer(timer.id);
        }
    }

    // ---- letters

    /// Decides a letter; its Message-ID follows from the input and its place.
    pub fn send(&mut self, letter: Addressed) -> MessageId {
        let nth = self.outbox.len().to_string();
        let id = MessageId::ours(&self.rules.secret, &[&self.input.0, &nth], &self.rules.address.domain());
        self.outbox.push(Posting { id: id.clone(), letter, held: false, cause: self.cause });
        id
    }

    /// The letters decided so far.
    pub fn letters(&self) -> &[Posting] {
        &self.outbox
    }

    /// The letters decided so far, to be looked over and put back.
    pub fn take_letters(&mut self) -> Vec<Posting> {
        std::mem::take(&mut self.outbox)
    }

    /// Puts back what was taken, in the same order.
    pub fn put_back_letters(&mut self, letters: Vec<Posting>) {
        self.outbox = letters;
    }

    /// The bytes of a letter that was composed before this decision.
    pub fn bytes_of(&self, outgoing: &str) -> Option<String> {
        outbox::bytes(self.view, outgoing)
    }

    /// A letter to one person that belongs to no case.
    pub fn tell(&mut self, to: &Mailbox, answers: Option<Answered>, letter: Letter) -> MessageId {
        let letter = self.addressed(to, None, answers, letter);
        self.send(letter)
    }

    /// A letter to one person, by which a reply with this token acts.
    pub fn tell_with(
        &mut self,
        to: &Mailbox,
        thread: Thread,
        answers: Option<Answered>,
        letter: Letter,
    ) -> MessageId {
        let letter = self.addressed(to, Some(thread), answers, letter);
        self.send(letter)
    }

    /// A letter to a party of a case, with that party's token.
    pub fn tell_party(
        &mut self,
        case: &Case,
        party: Party,
        answers: Option<Answered>,
        letter: Letter,
    ) -> MessageId {
        let thread = self.thread(case, party);
        let answers = answers.or_else(|| case.thread_of(party));
        let mut letter = self.addressed(case.mailbox_of(party), Some(thread), answers, letter);
        letter.claimed = party == Party::Advisee && claim::may_be_disowned(case);
        self.send(letter)
    }

    /// The same, carrying the words of the other side.
    pub fn pass_to_party(&mut self, case: &Case, party: Party, writer: &str, letter: Letter) -> MessageId {
        let thread = self.thread(case, party);
        let to = case.mailbox_of(party);
        let mut letter = self.addressed(to, Some(thread), case.thread_of(party), letter);
        letter.on_behalf_of = Some(writer.to_owned());
        self.send(letter)
    }

    /// A letter to one person, by which a reply with this token acts, and something for their calendar.
    pub fn invite(
        &mut self,
        to: &Mailbox,
        thread: Thread,
        answers: Option<Answered>,
        letter: Letter,
        calendar: Option<Calendar>,
    ) {
        let letter = self.addressed(to, Some(thread), answers, letter);
        self.send(Addressed { calendar, ..letter });
    }

    /// A letter to a party of a case, and something for their calendar.
    pub fn invite_party(&mut self, case: &Case, party: Party, letter: Letter, calendar: Option<Calendar>) {
        let thread = self.thread(case, party);
        self.invite(case.mailbox_of(party), thread, case.thread_of(party), letter, calendar);
    }

    /// The UID of a party's invitation (RFC 5545 §3.8.4.7): it carries their token.
    pub fn calendar_uid(&mut self, case: &Case, party: Party) -> String {
        let token = self.token_of_party(case, party);
        self.uid(&case.reference, &token)
    }

    /// The UID of an invitation by which a reply with this token acts.
    pub fn uid(&self, reference: &Reference, token: &Token) -> String {
        format!("{}@{}", token::carrier(reference, token), self.rules.address.domain())
    }

    /// One letter to both sides of a case. It carries no token: its Message-ID and a
    /// party's address act together.
    pub fn tell_both(&mut self, case: &Case, advisor: &Mailbox, letter: Letter) -> MessageId {
        let thread = Thread { reference: case.reference.clone(), token: None };
        let mut letter = self.addressed(&case.advisee, Some(thread), case.thread_of(Party::Advisee), letter);
        letter.to = vec![self.on_file(advisor), self.on_file(&case.advisee)];
        // Two languages: the network's own is the one that both can be expected to read.
        if self.language_of(advisor, &self.people_at(&advisor.address)) != letter.language {
            letter.language = self.rules.languages.first().cloned().unwrap_or(letter.language);
        }
        self.send(letter)
    }

    fn addressed(
        &self,
        to: &Mailbox,
        thread: Option<Thread>,
        answers: Option<Answered>,
        letter: Letter,
    ) -> Addressed {
        let address = self.first_address(&to.address);
        let people = self.people_reached_at(&address);
        let first = people.iter().find(|p| p.nth == 0);
        Addressed {
            language: self.language_of(to, &people),
            zone: self.zone_there(&to.address, first),
            to: vec![Mailbox { address, name: to.name.clone() }],
            on_behalf_of: None,
            claimed: false,
            thread,
            answers,
            calendar: None,
            letter,
        }
    }

    fn thread(&mut self, case: &Case, party: Party) -> Thread {
        Thread { reference: case.reference.clone(), token: Some(self.token_of_party(case, party)) }
    }

    fn token_of_party(&mut self, case: &Case, party: Party) -> Token {
        self.token(&case.reference, &Owner::Party { case: case.reference.clone(), party })
    }

    /// The token of an owner: always the same one, written down at its first use.
    pub fn token(&mut self, reference: &Reference, owner: &Owner) -> Token {
        let whose = serde_json::to_string(owner).expect("an owner is plain data");
        let token = token::token(&self.rules.secret, &[&reference.0, &whose]);
        if self.read::<TokenOwner>(&token.0).is_none() {
            self.put(&TokenOwner { token: token.clone(), owner: owner.clone() });
        }
        token
    }

    /// A reference nobody has yet.
    pub fn new_reference(&mut self) -> Reference {
        let fresh = (0u32..)
            .map(|n| token::reference(&self.rules.secret, &[&self.input.0], n))
            .find(|r| !self.is_taken(r))
            .expect("33 million references are not used up");
        self.mark(format!("reference/{fresh}"));
        fresh
    }

    fn is_taken(&self, reference: &Reference) -> bool {
        let key = format!("reference/{reference}");
        self.rows.contains_key(&key) || self.view.get(&key).is_some()
    }
}

/// Which of those who have an address is called so, else the first of them.
fn called(people: &[Person], mailbox: &Mailbox) -> Option<usize> {
    if people.len() < 2 {
        return (!people.is_empty()).then_some(0);
    }
    let name = mailbox.name.as_deref().unwrap_or_default();
    people.iter().position(|p| rank::is_same_name(name, &p.name)).or(Some(0))
}

/// What a letter answers, if the mail has a name to answer to.
pub fn answering(mail: &Inbound) -> Option<Answered> {
    let message_id = mail.message_id.clone()?;
    Some(Answered { message_id, references: mail.references.clone() })
}
