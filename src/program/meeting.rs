//! After the introduction: was there a meeting?

use super::appointment::Appointment;
use super::arranging;
use super::asking;
use super::case_reply;
use super::command::{Command, Word};
use super::date::{self, Reading};
use super::feedback::{self, Feedback, Marks};
use super::form_mail::{self, FormMail, Said, Vouched};
use super::letter::{Answered, Ended, Letter};
use super::not_held;
use super::record::{Case, Counted, LetterSent, Meeting, Party, Reference, Stage};
use super::request::{end, enter, in_days_by_day};
use super::schedule::TimerKind;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::fold;
use crate::mail::form::Form;
use crate::mail::inbound::Inbound;

/// How long after the first question the second one comes, and then the end.
const AGAIN_AFTER_DAYS: u32 = 7;
/// The same where the time of the meeting is known.
const AGAIN_AFTER_A_TIME_DAYS: u32 = 3;
/// After NOT YET.
const NOT_YET_DAYS: u32 = 5;
/// How often it is asked.
const TIMES: u32 = 2;

/// "Have you met?", asked twice; then closed as unconfirmed.
pub fn ask_whether_held(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("confirmation-question"), Some(reference.clone()));
    let Some(mut case) = turn.read::<Case>(&reference.0).filter(|c| c.stage == Stage::Accepted) else {
        return verdict;
    };
    let parties = [Party::Advisee, Party::Advisor(case.current)];
    if case.questions >= TIMES {
        turn.count(Counted::Unconfirmed);
        end(turn, &mut case, Stage::Unconfirmed, Ended::Unconfirmed, &parties);
        return verdict;
    }
    case.questions += 1;
    turn.put(&case);
    let appointment = Appointment::of(turn, &case);
    let again = if appointment.agreed.is_some() { AGAIN_AFTER_A_TIME_DAYS } else { AGAIN_AFTER_DAYS };
    turn.set_timer(in_days_by_day(turn, again), TimerKind::Confirmation { case: reference.clone() });
    for party in parties {
        let letter = Letter::ConfirmationQuestion {
            name: case.mailbox_of(party).called().to_owned(),
            other: other(&case, party),
            at: appointment.agreed.map(|slot| appointment.shown(turn, &case, party, slot)),
            last: case.questions == TIMES,
        };
        turn.tell_party(&case, party, None, letter);
    }
    verdict
}

fn other(case: &Case, party: Party) -> String {
    case.other(party).map(|p| case.mailbox_of(p).called().to_owned()).unwrap_or_default()
}

/// Whether a mail answers our question whether they have met.
pub fn was_asked(turn: &Turn, mail: &Inbound, case: &Case) -> bool {
    let open = matches!(case.stage, Stage::Accepted | Stage::Unconfirmed);
    let letter = mail.parent().and_then(|id| turn.read::<LetterSent>(id.inner()));
    open && letter.is_some_and(|letter| letter.template == "confirmation-question")
}

/// YES to that question is HELD.
pub fn as_answer(turn: &Turn, mail: &Inbound, case: &Case, said: Command) -> Command {
    let is_yes = matches!(said.word, Word::Yes | Word::Accept);
    if is_yes && was_asked(turn, mail, case) { Command { word: Word::Held, ..said } } else { said }
}

/// HELD, NOT HELD or NOT YET, from one of the two.
pub fn reported(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    said: &Command,
) -> &'static str {
    if said.word == Word::NotYet {
        not_yet(turn, mail, case, party);
        return "not-yet";
    }
    let held = said.word == Word::Held;
    let minutes = said.argument.as_deref().and_then(minutes_in);
    let marks = keep_marks(turn, case, party, said);
    let meeting = Meeting {
        reference: case.reference.clone(),
        advisor: case.mailbox_of(Party::Advisor(case.current)).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        date: None,
        minutes,
        held,
        topic: None,
        comments: comments(said, marks),
        case: Some(case.reference.clone()),
        reported: turn.now,
    };
    close(turn, case, &meeting);
    thank(
        turn,
        answering(mail),
        case,
        party,
        &meeting,
        marks,
        Said { understood: Vec::new(), not_understood: Vec::new() },
    );
    if held { "held" } else { "not-held" }
}

/// What is said of how it was, beside HELD.
fn keep_marks(turn: &mut Turn, case: &Case, by: Party, said: &Command) -> Option<Marks> {
    let note = said.note.as_deref().filter(|_| said.word == Word::Held);
    let marks = note.and_then(feedback::read)?;
    turn.put(&Feedback { case: case.reference.clone(), by, marks, at: turn.now });
    Some(marks)
}

fn comments(said: &Command, marks: Option<Marks>) -> Option<String> {
    let note = said.note.clone()?;
    if marks.is_some() { feedback::rest(&note) } else { Some(note) }
}

/// HELD of the one who was not asked any more, with what they say of it. False where they say
/// nothing.
pub fn told_how_it_was(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, said: &Command) -> bool {
    let Some(marks) = keep_marks(turn, case, party, said) else { return false };
    let letter = Letter::ConfirmationThanks {
        name: case.mailbox_of(party).called().to_owned(),
        other: other(case, party),
        held: true,
        by_other: false,
        to_advisor: party != Party::Advisee,
        marks: Some(marks),
        minutes: None,
        understood: Vec::new(),
        not_understood: Vec::new(),
    };
    turn.tell_party(case, party, answering(mail), letter);
    true
}

/// They are still going to meet. Where we had told both that we ask no more, the other
/// hears that we do.
fn not_yet(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party) {
    let reopened = case.stage == Stage::Unconfirmed;
    enter(turn, case, Stage::Accepted);
    arranging::has_not_been(turn, case);
    let asks = in_days_by_day(turn, NOT_YET_DAYS);
    turn.set_timer(asks, TimerKind::Confirmation { case: case.reference.clone() });
    case_reply::say_asked_again(turn, mail, case, party);
    if let Some(other) = case.other(party).filter(|_| reopened) {
        case_reply::say_still_going_to(turn, case, other);
    }
}

fn close(turn: &mut Turn, case: &mut Case, meeting: &Meeting) {
    let stage = if meeting.held { Stage::Held } else { Stage::NotHeld };
    enter(turn, case, stage);
    record(turn, meeting);
    if !meeting.held {
        not_held::note(turn, case);
    }
}

fn record(turn: &mut Turn, meeting: &Meeting) {
    turn.count(if meeting.held { Counted::MeetingsHeld } else { Counted::MeetingsNotHeld });
    turn.put(meeting);
}

fn thank(
    turn: &mut Turn,
    answers: Option<Answered>,
    case: &Case,
    party: Party,
    meeting: &Meeting,
    marks: Option<Marks>,
    said: Said,
) {
    let letter = Letter::ConfirmationThanks {
        name: case.mailbox_of(party).called().to_owned(),
        other: other(case, party),
        held: meeting.held,
        by_other: false,
        to_advisor: party != Party::Advisee,
        marks,
        minutes: meeting.minutes,
        understood: said.understood,
        not_understood: said.not_understood,
    };
    turn.tell_party(case, party, answers, letter);
    if party != Party::Advisee {
        tell_other(turn, case, Party::Advisee, meeting);
    }
}

/// The introduction promised a question that now never comes.
fn tell_other(turn: &mut Turn, case: &Case, party: Party, meeting: &Meeting) {
    let letter = Letter::ConfirmationThanks {
        name: case.mailbox_of(party).called().to_owned(),
        other: other(case, party),
        held: meeting.held,
        by_other: true,
        to_advisor: party != Party::Advisee,
        marks: None,
        minutes: meeting.minutes,
        understood: Vec::new(),
        not_understood: Vec::new(),
    };
    turn.tell_party(case, party, None, letter);
}

/// What Arabic says of one or two hours without a figure, folded.
const ARABIC_MINUTES: [(&str, u32); 7] = [
    ("نصف ساعه", 30),
    ("ساعه", 60),
    ("ساعه واحده", 60),
    ("ساعه ونصف", 90),
    ("ساعه ونصف الساعه", 90),
    ("ساعتان", 120),
    ("ساعتين", 120),
];

/// `45`, `45 min`, `1 hour`, `1 h 30`: whole minutes, at most a day.
fn minutes_in(text: &str) -> Option<u32> {
    let text = fold::letters(text);
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u32>().ok());
    let hours = text.contains('h') || text.contains("ساع");
    let Some(first) = numbers.next() else {
        let said = ARABIC_MINUTES.iter().find(|(said, _)| text.trim() == *said);
        return said.map(|(_, minutes)| *minutes);
    };
    let minutes = match hours {
        true => first.saturating_mul(60).saturating_add(numbers.next().filter(|m| *m < 60).unwrap_or(0)),
        false => first,
    };
    Some(minutes).filter(|m| *m <= 24 * 60)
}

/// A confirmation form, with or without a request behind it.
pub fn confirmed(turn: &mut Turn, sent: &FormMail) -> Verdict {
    let (from, form) = (&sent.from, &sent.form);
    let meeting = meeting_of(turn, form);
    let case = case_behind(turn, from, form);
    let said = form_mail::said_back(form);
    match case {
        Some((mut case, party)) => {
            let meeting =
                Meeting { reference: case.reference.clone(), case: Some(case.reference.clone()), ..meeting };
            close(turn, &mut case, &meeting);
            thank(turn, sent.answers.clone(), &case, party, &meeting, None, said);
            if sent.vouched == Vouched::ByRelay && party == Party::Advisee {
                tell_other(turn, &case, Party::Advisor(case.current), &meeting);
            }
            Verdict::new(What::Done("confirmation"), Some(case.reference))
        }
        None => {
            record(turn, &meeting);
            let letter = Letter::ConfirmationReceipt {
                name: from.name.clone(),
                understood: said.understood,
                not_understood: said.not_understood,
            };
            turn.tell(from, sent.answers.clone(), letter);
            Verdict::new(What::Done("confirmation-unasked"), None)
        }
    }
}

fn meeting_of(turn: &mut Turn, form: &Form) -> Meeting {
    let text = |label: &str| form.get(label).map(str::to_owned);
    let date = match form.get("Date").map(|d| date::read(d, turn.now.date_naive())) {
        Some(Reading::One(date)) => Some(date),
        _ => None,
    };
    Meeting {
        reference: turn.new_reference(),
        advisor: text("Advisor").unwrap_or_default(),
        advisee: text("Advisee").unwrap_or_default(),
        date,
        minutes: form.get("Minutes").and_then(minutes_in),
        held: form.get("Held").is_none_or(|v| turn.rules.words.agrees(v)),
        topic: text("Topic"),
        comments: text("Comments"),
        case: None,
        reported: turn.now,
    }
}

/// The agreed case between the two who are named, if one of them wrote.
fn case_behind(turn: &Turn, from: &Mailbox, form: &Form) -> Option<(Case, Party)> {
    let advisor = asking::find(turn, form.get("Advisor")?)?;
    let case = asking::accepted_between(turn, &advisor, form.get("Advisee")?)?;
    let party = turn.party_of(&case, &from.address)?;
    case.paused.is_none().then_some((case, party))
}

#[cfg(test)]
mod tests {
    use super::minutes_in;

    #[test]
    fn a_duration_is_read_in_minutes_or_hours() {
        for (text, minutes) in
            [("45", 45), ("45 min", 45), ("1 hour", 60), ("1 h 30", 90), ("1h30", 90), ("2 heures", 120)]
        {
            assert_eq!(minutes_in(text), Some(minutes), "{text}");
        }
        for (text, minutes) in [
            ("٤٥", 45),
            ("45 دقيقة", 45),
            ("ساعة", 60),
            ("ساعة واحدة", 60),
            ("١ ساعة و٣٠ دقيقة", 90),
            ("ساعة ونصف", 90),
            ("نصف ساعة", 30),
            ("ساعتان", 120),
        ] {
            assert_eq!(minutes_in(text), Some(minutes), "{text}");
        }
        assert_eq!((minutes_in("une heure"), minutes_in("9999")), (None, None));
    }
}
