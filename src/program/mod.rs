//! What an advisor, a request, a reminder is: records + input + now → one batch.
//!
//! ```text
//! decide(&Rules, &dyn View, &Input, now) -> Batch<Posting>
//! ```
//!
//! The laws, each held by a test of the same name:
//!
//! 1. *Total.* `decide` returns a batch for every input.
//! 2. *Deterministic.* Same rules, records, input, now → the same batch, byte for byte
//!    after `compose`.
//! 3. *All or nothing.* A batch is committed whole, and is on the disk when `commit` returns.
//! 4. *Save, then speak.* No letter, no IMAP change before its batch is committed.
//! 5. *Once.* An input already handled changes nothing. A letter goes out at least once and
//!    always with the same Message-ID.
//! 6. *Machines are not answered* (RFC 3834), ourselves included.
//! 7. *A person always learns* what was understood and what was not, once per message.
//! 8. *Nobody waits in silence.* Every open request, application and meeting has a timer
//!    that ends in a letter. It runs from the decision and is moved when delivery is accepted.
//!
//! Nothing here reads a clock, a file or chance: time, records and the install secret are
//! handed in.

pub mod absence;
mod absence_date;
pub mod absence_note;
mod absence_words;
pub mod alarm;
pub mod also_me;
pub mod answer;
pub mod appointment;
pub mod arranging;
pub mod arrival;
pub mod aside;
pub mod asking;
pub mod batch;
pub mod booking;
pub mod bounce;
pub mod brake;
pub mod breaker;
pub mod by_hand;
mod calendar_mail;
pub mod capacity;
pub mod case_reply;
pub mod changes;
pub mod choice;
mod choosing;
pub mod claim;
pub mod clock;
pub mod command;
pub mod complaint;
pub mod complaints_person;
pub mod contact;
mod courtesy;
pub mod date;
mod date_said;
mod day_said;
pub mod dealings;
pub mod digest;
pub mod disk;
pub mod draft;
pub mod feedback;
pub mod flood;
pub mod forgetting;
pub mod form_kind;
pub mod form_mail;
pub mod gap;
mod gap_list;
pub mod gesture;
pub mod help;
pub mod import;
pub mod import_check;
pub mod input;
pub mod inquiry;
mod invitations;
pub mod kept_back;
pub mod kept_mail;
pub mod known;
pub mod leave;
pub mod letter;
mod letter_class;
pub mod letter_samples;
mod line;
pub mod load;
mod lookup;
pub mod meeting;
mod meeting_room;
pub mod moment;
mod months;
mod not_held;
pub mod offer;
pub mod oneself;
pub mod order;
pub mod outbox;
pub mod person_key;
pub mod presence;
mod proof;
pub mod proposals;
pub mod proposed_time;
pub mod question;
pub mod rank;
pub mod ranked;
mod readings;
pub mod record;
pub mod refusal;
pub mod relay;
pub mod request;
pub mod resume;
pub mod room;
pub mod room_calendar;
mod room_mail;
mod room_reply;
mod room_said;
pub mod roster;
pub mod roster_reply;
pub mod rules;
pub mod schedule;
mod sentence;
pub mod shadow;
pub mod shared_address;
pub mod staff;
pub mod staff_act;
pub mod staff_guess;
pub mod staff_mail;
pub mod staff_person;
pub mod staff_reply;
pub mod staff_undo;
pub mod staff_words;
pub mod standing;
pub mod standstill;
pub mod status;
pub mod sweep;
pub mod time_lines;
mod time_of_day;
mod time_piece;
mod time_words;
pub mod timer;
pub mod to_staff;
pub mod token;
pub mod tongue;
pub mod turn;
pub mod undelivered;
mod unreadable;
pub mod verdict;
pub mod week;
pub mod which_of;
pub mod whose;
pub mod word;
pub mod words;
pub mod zone;
mod zone_words;

use batch::{Batch, Posting};
use breaker::Cause;
use input::Input;
use letter::ExceptionKind;
use record::Timestamp;
use rules::Rules;
use turn::Turn;
use verdict::{Verdict, What};

/// Read access to the records, by key and by prefix.
///
/// Infallible for the rules: an implementation that cannot read remembers the fault and
/// the decision made on it is thrown away.
pub trait View {
    fn get(&self, key: &str) -> Option<String>;
    /// Rows whose key begins with `prefix`, ascending.
    fn range(&self, prefix: &str) -> Vec<(String, String)>;
    /// The first rows of a range.
    fn first(&self, prefix: &str, limit: usize) -> Vec<(String, String)> {
        let mut rows = self.range(prefix);
        rows.truncate(limit);
        rows
    }
    /// A row that cannot be understood.
    fn fault(&self, key: &str, why: &str);
}

/// Decides one input.
pub fn decide(rules: &Rules, view: &dyn View, input: &Input, now: Timestamp) -> Batch<Posting> {
    let mut turn = Turn::new(rules, view, input.id(now), now);
    turn.cause = cause(input);
    let verdict = match input {
        Input::Mail(mail) => arrival::arrived(&mut turn, mail),
        Input::Aside(mail) => aside::found(&mut turn, mail),
        Input::Again { mail, aside } => arrival::came_again(&mut turn, mail, *aside),
        Input::Sent(mail) => by_hand::sent(&mut turn, mail),
        Input::Timer { id, due } => timer::fire(&mut turn, id, *due),
        Input::Stuck { id, due, why } => timer::stuck(&mut turn, id, *due, why),
        Input::Offered(ids) => outbox::offered(&mut turn, ids),
        Input::Delivery(delivery) => outbox::concluded(&mut turn, delivery),
        Input::Started => started(&mut turn),
        Input::Disk(disk) => disk::measured(&mut turn, disk),
        Input::Ordered(order) => order::obey(&mut turn, order),
        Input::Alarm(alarm) => alarm::noticed(&mut turn, alarm),
        Input::Resumed => gap::resume(&mut turn),
        Input::CaughtUp => gap::close(&mut turn),
        Input::Imported(entries) => import::keep(&mut turn, entries),
        Input::Announced(addresses) => import::announce(&mut turn, addresses),
        Input::Quarantined { folder, uid, why } => quarantined(&mut turn, folder, *uid, why),
    };
    shadow::keep_back(&mut turn);
    turn.finish(verdict)
}

/// What the letters of a decision are written for, as far as its input tells.
fn cause(input: &Input) -> Cause {
    match input {
        Input::Timer { id, .. } if !kept_back::is_timer(id) => Cause::Promise,
        Input::Imported(_) | Input::Announced(_) | Input::Ordered(_) => Cause::Asked,
        _ => Cause::Mail,
    }
}

fn started(turn: &mut Turn) -> Verdict {
    lookup::complete(turn);
    load::complete(turn);
    outbox::conclude_interrupted(turn);
    digest::keep_timer(turn);
    staff_mail::keep_timer_if_needed(turn);
    Verdict::new(What::Done("started"), None)
}

fn quarantined(turn: &mut Turn, folder: &str, uid: u32, why: &str) -> Verdict {
    let place = format!("{folder}, UID {uid}");
    staff::note_exception(turn, ExceptionKind::Quarantined, &place, why, None);
    Verdict::new(What::Done("quarantined"), None)
}
