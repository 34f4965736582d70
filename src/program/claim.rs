//! Forms from the website: claimed in somebody's name, and theirs once they say so.

use super::answer;
use super::command::{Command, Word};
use super::form_kind::Kind;
use super::form_mail::{self, FormMail, Said, Vouched};
use super::inquiry::{self, Asked, Inquiry, is_no, is_yes};
use super::letter::{Closed, ExceptionKind, Letter};
use super::record::{Case, Outcome, Party, Stage};
use super::request::{conclude, enter};
use super::staff;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;

// ---- sign-ups and updates: nothing changes before YES

/// Whether this form must wait for its person's YES.
pub fn must_be_confirmed(sent: &FormMail, kind: Kind) -> bool {
    sent.vouched == Vouched::ByRelay && matches!(kind, Kind::SignUp | Kind::Update)
}

/// Asks the person. Of several forms of a kind the latest counts.
pub fn ask(turn: &mut Turn, sent: &FormMail) -> Verdict {
    let same = |what: &Asked| match what {
        Asked::Claim(old) => old.from.address == sent.from.address && old.form.kind == sent.form.kind,
        _ => false,
    };
    for older in turn.all_with::<Inquiry>(&sent.from.address.key()).iter().filter(|q| same(&q.what)) {
        inquiry::close(turn, older);
    }
    inquiry::ask(turn, &sent.named(), Asked::Claim(sent.clone()), None);
    Verdict::new(What::Done("claimed"), None)
}

/// The welcome letter, which asks.
pub fn letter(sent: &FormMail, name: String, until: NaiveDate, again: bool) -> Letter {
    let Said { understood, not_understood } = form_mail::said_back(&sent.form);
    let update = Kind::of(&sent.form) == Some(Kind::Update);
    Letter::PleaseConfirm { name, update, understood, not_understood, until, again }
}

/// YES: as if the person had sent it. NO: as if nobody had.
pub fn answered(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    sent: &FormMail,
    word: Word,
) -> Option<Verdict> {
    if is_yes(word) {
        inquiry::close(turn, inquiry);
        let sure = FormMail { vouched: Vouched::ByWriter, answers: answering(mail), ..sent.clone() };
        return Some(form_mail::received(turn, &sure));
    }
    if is_no(word) || matches!(word, Word::Remove | Word::Cancel) {
        inquiry::close(turn, inquiry);
        inquiry::say_closed(turn, inquiry, answering(mail), Closed::Refused);
        return Some(Verdict::new(What::Done("disowned"), None));
    }
    None
}

// ---- requests: sent on at once, and withdrawn by NO

/// Whether NO still means "it was not me": until the advisee has written, or the two are in
/// contact.
pub fn may_be_disowned(case: &Case) -> bool {
    case.claimed && matches!(case.stage, Stage::Asked | Stage::Choosing | Stage::WithStaff)
}

/// The advisee has written: NO withdraws what the website asked; anything else makes it theirs.
pub fn advisee_wrote(turn: &mut Turn, mail: &Inbound, case: &mut Case, said: Option<&Command>) -> bool {
    let disowned = may_be_disowned(case) && said.is_some_and(|said| is_no(said.word));
    if disowned {
        withdraw(turn, mail, case);
    } else if case.claimed {
        case.claimed = false;
        turn.put(case);
    }
    disowned
}

fn withdraw(turn: &mut Turn, mail: &Inbound, case: &mut Case) {
    let advisor = answer::advisor_to_tell(case).map(|m| m.called().to_owned());
    if advisor.is_some() {
        conclude(case, case.current, Outcome::Withdrawn);
    }
    enter(turn, case, Stage::Cancelled);
    let advisee = case.advisee.called().to_owned();
    let letter = Letter::NothingDone { name: advisee.clone(), advisor: advisor.clone() };
    turn.tell_party(case, Party::Advisee, answering(mail), letter);
    if let Some(name) = advisor {
        let letter = Letter::NeverAsked { name, advisee: advisee.clone() };
        turn.tell_party(case, Party::Advisor(case.current), None, letter);
    }
    let reference = Some(case.reference.clone());
    staff::note_exception(turn, ExceptionKind::NotTheirs, &advisee, &case.issue, reference);
}
