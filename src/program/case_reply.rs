//! A party's reply within a case: the word decides, other words are passed on.

use super::appointment::Appointment;
use super::command::{Command, Word, is_mere_thanks};
use super::letter::{ExceptionKind, Letter, Next, NoEffect, WithStaff};
use super::oneself::Speaker;
use super::record::{Case, Outcome, Party, Stage};
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{
    answer, arranging, calendar_mail, capacity, choice, choosing, claim, complaint, courtesy, gesture,
    meeting, offer, oneself, proposals, ranked, refusal, request, token,
};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;

/// What was made of a reply.
enum Done {
    /// An act; the word for the journal.
    Acted(&'static str),
    /// A word that changes nothing at this point.
    Nothing(NoEffect),
    /// No deciding word: the words go to the other side.
    Words,
}
use Done::{Acted, Nothing, Words};

/// Acts on a mail that is known to come from this party of the case.
pub fn act(turn: &mut Turn, mail: &Inbound, mut case: Case, party: Party) -> Verdict {
    let reference = case.reference.clone();
    let verdict = |word| Verdict::new(What::Done(word), Some(reference.clone()));
    let writer = case.mailbox_of(party).address.clone();
    let said = turn.said(mail).or_else(|| proposals::word_before_a_time(turn, mail, &writer));
    if let Some(word) = calendar_mail::said(turn, mail, &mut case, party) {
        return verdict(word);
    }
    let is_meant_for_us =
        is_meant_for_us(&case, said.as_ref()) || choosing::chooses(turn, &case, party, said.as_ref());
    if is_between_them(turn, mail, &case, party) && !is_meant_for_us {
        note_contact(turn, &mut case, party);
        return verdict("between-them");
    }
    if case.paused.is_some() && !said.as_ref().is_some_and(|said| oneself::is_about_oneself(said.word)) {
        return complaint::refused(turn, mail, &mut case, party, said.is_some());
    }
    if party == Party::Advisee && claim::advisee_wrote(turn, mail, &mut case, said.as_ref()) {
        return verdict("disowned");
    }
    let said = said.map(|said| meeting::as_answer(turn, mail, &case, said));
    match decided(turn, mail, &mut case, party, said.as_ref()) {
        Acted(word) => verdict(word),
        Nothing(why) => {
            say_nothing_done(turn, mail, &case, party, said.as_ref(), why);
            verdict("no-effect")
        }
        Words => verdict(pass_on(turn, mail, &mut case, party, said.as_ref())),
    }
}

/// What a word, or a text without one, does in the case.
fn decided(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party, said: Option<&Command>) -> Done {
    if let Some(done) = arranging::said(turn, mail, case, party, said) {
        return done.map_or_else(Nothing, Acted);
    }
    match (said, party) {
        (None, Party::Advisee) if choice::is_possible(case) => {
            let named = choice::named(turn, case, &mail.new_text);
            named.map_or(Words, |number| chose(turn, case, number))
        }
        (None, _) => Words,
        // `Room is short here`
        (Some(said), _) if said.word == Word::Room && said.argument.is_some() => Words,
        (Some(said), _) if oneself::is_about_oneself(said.word) => {
            said_of_oneself(turn, mail, case, party, said)
        }
        (Some(said), Party::Advisor(n)) => advisor_said(turn, mail, case, n, said),
        (Some(said), Party::Advisee) => advisee_said(turn, mail, case, said),
    }
}

/// Notes that the two write to each other, and when they meet, if a calendar program says so:
/// nothing else is decided by it.
pub fn between_them(turn: &mut Turn, mail: &Inbound, mut case: Case, party: Party) -> Verdict {
    if let Some(word) = calendar_mail::their_own(turn, mail, &mut case, party) {
        return Verdict::new(What::Done(word), Some(case.reference));
    }
    note_contact(turn, &mut case, party);
    Verdict::new(What::Done("between-them"), Some(case.reference))
}

/// Mail between the two with us in copy needs nothing from us.
pub fn is_between_them(turn: &Turn, mail: &Inbound, case: &Case, party: Party) -> bool {
    let other = case.other(party).map(|p| &case.mailbox_of(p).address);
    other.is_some_and(|other| mail.to.iter().any(|m| turn.is_same_person(&m.address, other)))
}

/// Words that nobody says to the other side but to us, though a reply to the introduction
/// goes to both. "Yes" and "no" between the two are talk.
fn is_meant_for_us(case: &Case, said: Option<&Command>) -> bool {
    let undecided =
        matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Choosing | Stage::WithStaff);
    let ours = [Word::Decline, Word::Cancel, Word::Held, Word::NotHeld, Word::NoRoom];
    let is_ours = |said: &Command| {
        let alone = said.word == Word::Room && said.argument.is_none();
        said.word == Word::Report || !undecided && (alone || ours.contains(&said.word))
    };
    said.is_some_and(is_ours)
}

fn note_contact(turn: &mut Turn, case: &mut Case, party: Party) {
    let current = party == Party::Advisee || party == Party::Advisor(case.current);
    if case.stage == Stage::Asked && current && case.paused.is_none() {
        answer::in_contact(turn, case);
    }
}

/// Within a case as anywhere, people say things about themselves.
fn said_of_oneself(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, said: &Command) -> Done {
    let writer = case.mailbox_of(party).clone();
    let speaker = Speaker { mail, who: &writer, within: Some((case, party)) };
    oneself::said(turn, &speaker, said).map_or(Nothing(NoEffect::NotNow), Acted)
}

/// Whether a word, said with no letter of ours at hand, can be about this case. YES, NO and
/// numbers cannot: they answer something.
pub fn may_say(case: &Case, party: Party, word: Word) -> bool {
    let advisor = party != Party::Advisee;
    match word {
        Word::Accept | Word::Decline | Word::Written => advisor && case.stage != Stage::Accepted,
        Word::Cancel | Word::Heard | Word::Next | Word::Wait => !advisor,
        Word::Held | Word::NotHeld | Word::NotYet | Word::Room | Word::NoRoom => {
            case.stage == Stage::Accepted
        }
        _ => false,
    }
}

/// Whether the answer of this advisor is what the case waits for.
pub fn waits_for(case: &Case, party: Party) -> bool {
    case.stage == Stage::Asked && party == Party::Advisor(case.current)
}

// ---- the advisor

fn advisor_said(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize, said: &Command) -> Done {
    match said.word {
        Word::No if meeting::was_asked(turn, mail, case) => Nothing(NoEffect::WhichNo),
        Word::Accept | Word::Yes => advisor_accepts(turn, mail, case, n, said),
        Word::Decline | Word::No => advisor_declines(turn, mail, case, n, said),
        Word::Written => written(turn, mail, case, n),
        Word::NotYet if is_unsettled(case) && n == case.current => {
            not_settled_yet(turn, mail, case, Party::Advisor(n))
        }
        Word::Held | Word::NotHeld | Word::NotYet => report(turn, mail, case, Party::Advisor(n), said),
        Word::Ask => Words,
        _ => Nothing(NoEffect::NotNow),
    }
}

/// Late acceptance still works unless somebody else is asked or has accepted.
fn advisor_accepts(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize, said: &Command) -> Done {
    let own = case.attempts.get(n).map(|a| a.outcome);
    let is_current = n == case.current;
    match case.stage {
        Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed
            if is_current && own == Some(Outcome::Accepted) =>
        {
            Nothing(NoEffect::Already)
        }
        Stage::Cancelled => Nothing(NoEffect::MovedOn),
        Stage::Asked | Stage::InContact if !is_current => late(turn, mail, case, n),
        Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed => late(turn, mail, case, n),
        Stage::Asked | Stage::InContact | Stage::Choosing | Stage::WithStaff | Stage::Ended => {
            let party = Party::Advisor(n);
            // The times in it too wait for her answer about room.
            let note = note(said, case.mailbox_of(party));
            if capacity::asks_first(turn, mail, case, n, note.as_ref()) {
                return Acted("asked-for-room");
            }
            let note = capacity::note_of(case, n, note);
            let writer = case.mailbox_of(party).clone();
            let proposals = proposals::read(turn, &writer.address, note.as_deref().unwrap_or_default());
            let note = match proposals.is_empty() && !proposals.room {
                true => note,
                false => proposals.note.as_deref().and_then(|note| as_note(note, &writer)),
            };
            answer::accept(turn, case, n, note, !proposals.slots.is_empty());
            arranging::accepted_with(turn, mail, case, party, proposals);
            Acted("accept")
        }
    }
}

fn late(turn: &mut Turn, mail: &Inbound, case: &Case, n: usize) -> Done {
    let party = Party::Advisor(n);
    let letter = Letter::LateThanks {
        name: case.mailbox_of(party).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        found: !matches!(case.stage, Stage::Asked | Stage::InContact),
    };
    turn.tell_party(case, party, answering(mail), letter);
    Acted("late-accept")
}

fn advisor_declines(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize, said: &Command) -> Done {
    let open = matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Accepted);
    if open && n == case.current {
        let note = note(said, case.mailbox_of(Party::Advisor(n)));
        refusal::declined(turn, case, n, said, note);
        return Acted("decline");
    }
    if refusal::added(turn, mail, case, n, said) {
        return Acted("decline-added");
    }
    let declined = case.attempts.get(n).is_some_and(|a| a.outcome == Outcome::Declined);
    Nothing(if declined { NoEffect::Already } else { NoEffect::MovedOn })
}

fn written(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize) -> Done {
    match case.stage {
        Stage::InContact | Stage::Accepted if n == case.current => return Nothing(NoEffect::Already),
        Stage::Asked if n == case.current => (),
        Stage::Choosing | Stage::WithStaff => case.current = n,
        _ => return Nothing(NoEffect::MovedOn),
    }
    answer::in_contact(turn, case);
    let party = Party::Advisor(n);
    let letter = Letter::WrittenNoted {
        name: case.mailbox_of(party).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
    };
    turn.tell_party(case, party, answering(mail), letter);
    Acted("written")
}

// ---- the advisee

fn advisee_said(turn: &mut Turn, mail: &Inbound, case: &mut Case, said: &Command) -> Done {
    match said.word {
        Word::No if meeting::was_asked(turn, mail, case) => Nothing(NoEffect::WhichNo),
        Word::Number(number) if choice::is_contradicted(turn, case, number, said) => Words,
        Word::Number(_) if choice::is_possible(case) && choosing::answers_letter_of_times(turn, mail) => {
            Nothing(NoEffect::NotOffered)
        }
        Word::Number(number) => chose(turn, case, usize::from(number)),
        Word::Yes | Word::Accept if case.stage == Stage::Choosing && case.suggested => chose(turn, case, 1),
        Word::Yes | Word::Accept if is_unsettled(case) => {
            let note = note(said, &case.advisee);
            answer::accept(turn, case, case.current, note, false);
            Acted("settled")
        }
        Word::No if is_unsettled(case) => {
            answer::decline(turn, case, case.current, None);
            Acted("not-settled")
        }
        Word::NotYet if is_unsettled(case) => not_settled_yet(turn, mail, case, Party::Advisee),
        Word::Heard => heard(turn, mail, case),
        Word::Next if case.stage == Stage::Asked => Acted(ranked::next(turn, case)),
        Word::Wait if case.stage == Stage::Asked => {
            ranked::wait(turn, mail, case).map_or_else(Nothing, Acted)
        }
        Word::Cancel if case.stage.is_open() => {
            answer::cancel(turn, case);
            Acted("cancel")
        }
        Word::Cancel => Nothing(NoEffect::Already),
        Word::Held | Word::NotHeld | Word::NotYet => report(turn, mail, case, Party::Advisee, said),
        Word::AnotherAdvisor => arranging::another_advisor(turn, case).map_or_else(Nothing, Acted),
        _ => Nothing(NoEffect::NotNow),
    }
}

/// Numbers work while alternatives lie before the advisee, and after that too.
fn chose(turn: &mut Turn, case: &mut Case, number: usize) -> Done {
    if !choice::is_possible(case) {
        return Nothing(NoEffect::NotNow);
    }
    match answer::choose(turn, case, number) {
        Ok(()) => Acted("choice"),
        Err(why) => Nothing(why),
    }
}

/// "Heard from Amina?" The request is in contact, as if she had answered.
fn heard(turn: &mut Turn, mail: &Inbound, case: &mut Case) -> Done {
    match case.stage {
        Stage::Asked | Stage::Choosing | Stage::WithStaff if case.attempt().is_some() => (),
        Stage::InContact | Stage::Accepted => return Nothing(NoEffect::Already),
        _ => return Nothing(NoEffect::NotNow),
    }
    answer::in_contact(turn, case);
    let letter = Letter::HeardNoted {
        name: case.advisee.called().to_owned(),
        advisor: case.mailbox_of(Party::Advisor(case.current)).called().to_owned(),
        asked_again: answer::settled_asked_on(turn),
    };
    turn.tell_party(case, Party::Advisee, answering(mail), letter);
    Acted("heard")
}

/// In contact, or closed as nobody said how it stands between the two: a word opens it again.
fn is_unsettled(case: &Case) -> bool {
    let undecided = case.attempt().is_some_and(|a| a.outcome == Outcome::Waiting);
    case.stage == Stage::InContact || (case.stage == Stage::Ended && undecided)
}

// ---- both

fn not_settled_yet(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party) -> Done {
    let reopened = case.stage == Stage::Ended;
    if reopened {
        answer::in_contact(turn, case);
    } else {
        answer::not_settled_yet(turn, case);
    }
    say_asked_again(turn, mail, case, party);
    if let Some(other) = case.other(party).filter(|_| reopened) {
        say_still_going_to(turn, case, other);
    }
    Acted("not-yet")
}

/// NOT YET, to a question of ours: it is asked again in five days.
pub fn say_asked_again(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party) {
    let letter = not_yet_noted(turn, case, party, false);
    turn.tell_party(case, party, answering(mail), letter);
}

/// The other side of a case said NOT YET after its end.
pub fn say_still_going_to(turn: &mut Turn, case: &Case, party: Party) {
    let letter = not_yet_noted(turn, case, party, true);
    turn.tell_party(case, party, None, letter);
}

fn not_yet_noted(turn: &Turn, case: &Case, party: Party, by_other: bool) -> Letter {
    let other = case.other(party).map(|p| case.mailbox_of(p).called().to_owned());
    Letter::NotYetNoted {
        name: case.mailbox_of(party).called().to_owned(),
        other: other.unwrap_or_default(),
        by_other,
        asked_again: answer::settled_asked_on(turn),
    }
}

fn report(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party, said: &Command) -> Done {
    match case.stage {
        Stage::Accepted if is_before_its_time(turn, case, said.word) => Nothing(NoEffect::NotNow),
        Stage::Accepted | Stage::Unconfirmed => Acted(meeting::reported(turn, mail, case, party, said)),
        // The two disagree: that is for people.
        Stage::Held if said.word == Word::NotHeld => Acted(leave_to_staff(turn, mail, case, party)),
        Stage::NotHeld if said.word == Word::Held => Acted(leave_to_staff(turn, mail, case, party)),
        Stage::Held if meeting::told_how_it_was(turn, mail, case, party, said) => Acted("feedback"),
        Stage::Held | Stage::NotHeld => Nothing(NoEffect::Already),
        _ => Nothing(NoEffect::NotNow),
    }
}

/// A meeting that is still to come is asked about when it is over: nothing else is known of it before.
fn is_before_its_time(turn: &Turn, case: &Case, word: Word) -> bool {
    let ahead = Appointment::of(turn, case).ahead(turn);
    match word {
        Word::NotYet => ahead.is_some(),
        Word::NotHeld => ahead.is_some_and(|slot| slot.start > turn.now),
        _ => false,
    }
}

/// The note after a word, as it may be shown to the other side.
fn note(said: &Command, writer: &Mailbox) -> Option<String> {
    as_note(said.note.as_deref()?, writer)
}

/// What somebody wrote besides, as it may be shown to the other side: a name under it is none.
pub fn as_note(words: &str, writer: &Mailbox) -> Option<String> {
    let note = token::without_tokens(words).trim().to_owned();
    (!note.is_empty() && !courtesy::is_signature(&note, writer.called())).then_some(note)
}

fn say_nothing_done(
    turn: &mut Turn,
    mail: &Inbound,
    case: &Case,
    party: Party,
    said: Option<&Command>,
    why: NoEffect,
) {
    let next = next_for(case, party);
    let with = matches!(next, Next::Answer | Next::Settled | Next::Confirmation);
    let other = case.other(party).filter(|_| with || why == NoEffect::TimeIsOver);
    let letter = Letter::WordDidNothing {
        name: case.mailbox_of(party).called().to_owned(),
        word: said.map(|s| s.word.to_string()).unwrap_or_default(),
        why,
        other: other.map(|other| case.mailbox_of(other).called().to_owned()),
        next,
        when: request::next_day(turn, case).filter(|_| next != Next::Nothing),
        to_advisor: party != Party::Advisee,
    };
    turn.tell_party(case, party, answering(mail), letter);
}

/// What a party can expect of a case; an advisor who is not asked any more, nothing.
pub fn next_for(case: &Case, party: Party) -> Next {
    let current = party == Party::Advisor(case.current);
    match case.stage {
        Stage::Asked if current || party == Party::Advisee => Next::Answer,
        Stage::InContact if current || party == Party::Advisee => Next::Settled,
        Stage::Accepted if current || party == Party::Advisee => Next::Confirmation,
        Stage::Choosing if party == Party::Advisee => Next::Choice,
        Stage::WithStaff if party == Party::Advisee => Next::Search,
        _ => Next::Nothing,
    }
}

// ---- words without a decision

/// Words go to whoever reads them now; where nobody does, to the staff.
pub fn pass_on(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    said: Option<&Command>,
) -> &'static str {
    // ASK is said to us, the question to the other side.
    let asked = said.filter(|said| said.word == Word::Ask).and_then(|said| said.argument.as_deref());
    let words = token::without_tokens(asked.unwrap_or(&mail.new_text)).trim().to_owned();
    if words.is_empty() || is_mere_thanks(&words) || gesture::is_reaction(&words) {
        return "thanks";
    }
    match reader(case, party) {
        Some(reader) => pass_to(turn, mail, case, party, reader, words),
        None => leave_to_staff(turn, mail, case, party),
    }
}

/// Who reads a party's words now: nobody once the case has moved on or is over.
pub fn reader(case: &Case, party: Party) -> Option<Party> {
    let current = Party::Advisor(case.current);
    let advisor_speaks_late =
        matches!(case.stage, Stage::Choosing | Stage::WithStaff) && has_not_declined(case, party);
    let together = matches!(
        case.stage,
        Stage::Asked | Stage::InContact | Stage::Accepted | Stage::Held | Stage::NotHeld
    ) && (party == Party::Advisee || party == current);
    (together || advisor_speaks_late).then(|| case.other(party)).flatten()
}

/// Whether the two have each other's addresses, and can still write through us.
fn are_introduced(case: &Case) -> bool {
    matches!(case.stage, Stage::Accepted | Stage::Held | Stage::NotHeld)
}

/// An advisor whose answer was never no: late words of hers begin a contact.
fn has_not_declined(case: &Case, party: Party) -> bool {
    let Party::Advisor(n) = party else { return false };
    case.attempts.get(n).is_some_and(|attempt| attempt.outcome != Outcome::Declined)
}

fn pass_to(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    reader: Party,
    words: String,
) -> &'static str {
    if let (Party::Advisor(n), Stage::Asked | Stage::Choosing | Stage::WithStaff) = (party, case.stage) {
        case.current = n;
        answer::in_contact(turn, case);
    }
    hand_words(turn, case, party, reader, words, are_introduced(case));
    tell_once(turn, mail, case, party);
    "words"
}

/// The words of a party, to the one who reads them.
pub fn hand_words(
    turn: &mut Turn,
    case: &Case,
    party: Party,
    reader: Party,
    words: String,
    introduced: bool,
) {
    let writer = case.mailbox_of(party).called().to_owned();
    let letter = Letter::PassedOn {
        name: case.mailbox_of(reader).called().to_owned(),
        writer: writer.clone(),
        words,
        to_advisor: reader != Party::Advisee,
        introduced,
    };
    turn.pass_to_party(case, reader, &writer, letter);
}

/// Its writer hears once that words are sent on, and what would decide.
fn tell_once(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party) {
    let name = case.mailbox_of(party).called().to_owned();
    let undecided = case.stage == Stage::InContact;
    let letter = match party {
        Party::Advisor(n) if undecided && !case.attempts[n].told => {
            case.attempts[n].told = true;
            Letter::WordsSentOn { name, advisee: case.advisee.called().to_owned() }
        }
        Party::Advisee if !case.told => {
            case.told = true;
            let advisor = case.mailbox_of(Party::Advisor(case.current)).called().to_owned();
            Letter::WordsForwarded { name, advisor, introduced: are_introduced(case) }
        }
        _ => return,
    };
    turn.put(case);
    turn.tell_party(case, party, answering(mail), letter);
}

/// Nobody else would read these words: the staff do, and their writer hears so, with what
/// works meanwhile.
pub fn leave_to_staff(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party) -> &'static str {
    let from = case.mailbox_of(party).clone();
    let of_case = Some(case.reference.clone());
    let held = Held { case: of_case, ..Held::of(mail, ExceptionKind::Words, WithStaff::Words) };
    let next = next_for(case, party);
    let chooses = party == Party::Advisee && choice::is_possible(case);
    let letter = Letter::WordsWithStaff {
        name: from.called().to_owned(),
        next,
        when: request::next_day(turn, case).filter(|_| next != Next::Nothing),
        alternatives: if chooses { offer::offered(turn, case) } else { Vec::new() },
    };
    turn.tell_party(case, party, answering(mail), letter);
    staff::hold_told(turn, &from, answering(mail), held, Some(mail.new_text.clone()));
    "words-to-staff"
}
