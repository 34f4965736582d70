//! People at random: who does what, and how the world carries it.

use crate::said::{OF_CALENDARS, OF_ONESELF, OF_STAFF, PEOPLE, SAID, WANTED};
use crate::world::people::{Got, MailProgram};
use crate::world::{CONTACT, STAFF, World};
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use soundingboard::mail::address::AddrSpec;
use soundingboard::program::record::{Reference, Timestamp};
use soundingboard::program::token;
use std::collections::BTreeMap;

/// One thing that happens. Numbers choose among what there is.
#[derive(Clone, Debug)]
pub enum Act {
    SignUp {
        who: usize,
        at_a_time: u8,
    },
    Request {
        who: usize,
        wanted: usize,
        issue: bool,
    },
    Confirm {
        who: usize,
        advisor: usize,
        held: bool,
    },
    /// The `back`th letter from the end; from another address where `as_other`.
    Reply {
        who: usize,
        back: usize,
        said: usize,
        quotes: bool,
        as_other: Option<usize>,
    },
    /// A calendar program answers the last invitation.
    Calendar {
        who: usize,
        how: usize,
    },
    /// In a mail of its own.
    OfOneself {
        who: usize,
        said: usize,
    },
    /// Staff reply to the `back`th letter from the end, from their own address or the mailbox.
    Staff {
        back: usize,
        said: usize,
        which: usize,
        from_mailbox: bool,
    },
    /// Staff write by hand from the mailbox.
    ByHand {
        who: usize,
    },
    Absent {
        who: usize,
        back: usize,
    },
    Bounces {
        who: usize,
        back: usize,
    },
    /// The mail server refuses this address from now on.
    Refused {
        who: usize,
    },
    Again {
        which: usize,
    },
    Daemon {
        up: bool,
    },
    MailServer {
        up: bool,
    },
    Renumbered,
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0..PEOPLE.len();
    let back = prop_oneof![4 => Just(0usize), 2 => 1..6usize];
    let reply = (who.clone(), back.clone(), 0..SAID.len(), prop::bool::weighted(0.8), other());
    let reply = reply.prop_map(|(who, back, said, quotes, as_other)| Act::Reply {
        who,
        back,
        said,
        quotes,
        as_other,
    });
    prop_oneof![
        4 => (who.clone(), 0..4u8).prop_map(|(who, at_a_time)| Act::SignUp { who, at_a_time }),
        8 => (who.clone(), 0..WANTED.len(), prop::bool::weighted(0.9))
            .prop_map(|(who, wanted, issue)| Act::Request { who, wanted, issue }),
        1 => (who.clone(), who.clone(), any::<bool>())
            .prop_map(|(who, advisor, held)| Act::Confirm { who, advisor, held }),
        20 => reply,
        4 => (who.clone(), 0..OF_CALENDARS.len()).prop_map(|(who, how)| Act::Calendar { who, how }),
        3 => (who.clone(), 0..OF_ONESELF.len()).prop_map(|(who, said)| Act::OfOneself { who, said }),
        6 => (back.clone(), 0..OF_STAFF.len(), 0..4usize, any::<bool>())
            .prop_map(|(back, said, which, from_mailbox)| Act::Staff { back, said, which, from_mailbox }),
        1 => who.clone().prop_map(|who| Act::ByHand { who }),
        2 => (who.clone(), back.clone()).prop_map(|(who, back)| Act::Absent { who, back }),
        2 => (who.clone(), back).prop_map(|(who, back)| Act::Bounces { who, back }),
        1 => who.prop_map(|who| Act::Refused { who }),
        2 => (0..40usize).prop_map(|which| Act::Again { which }),
        2 => prop::bool::weighted(0.6).prop_map(|up| Act::Daemon { up }),
        2 => prop::bool::weighted(0.6).prop_map(|up| Act::MailServer { up }),
        1 => Just(Act::Renumbered),
    ]
}

fn other() -> impl Strategy<Value = Option<usize>> {
    prop::option::weighted(0.04, 0..PEOPLE.len())
}

/// Hours to wait before each, and what then happens.
pub fn acts() -> impl Strategy<Value = Vec<(u32, Act)>> {
    let hours = prop_oneof![5 => 0..4u32, 4 => 4..60u32, 2 => 60..260u32];
    prop::collection::vec((hours, act()), 10..60)
}

/// The world, and what its people remember.
pub struct Life {
    pub world: World,
    program: MailProgram,
    /// Letters by reader.
    got: BTreeMap<String, Vec<Got>>,
    sent: Vec<Vec<u8>>,
    ends: Timestamp,
    told: Vec<String>,
}

impl Life {
    pub fn begin() -> Self {
        let start: Timestamp = "2026-11-02T08:00:00Z".parse().expect("a time");
        let mut world = World::in_memory(start);
        world.configure("imap.sent = \"Sent\"\nroom.name = \"Zoom\"").expect("a configuration");
        world.run();
        let ends = start + TimeDelta::weeks(8);
        let (program, got, sent, told) = Default::default();
        let mut life = Self { world, program, got, sent, ends, told };
        life.happen(&Act::SignUp { who: 0, at_a_time: 2 });
        life.happen(&Act::SignUp { who: 1, at_a_time: 0 });
        life
    }

    /// The eight weeks would be over after so many hours more.
    pub fn is_over(&self, hours: u32) -> bool {
        self.world.clock.now() + TimeDelta::hours(i64::from(hours)) > self.ends
    }

    /// Time passes, then something happens. What arrived at people's meanwhile.
    pub fn live(&mut self, hours: u32, act: &Act) -> Vec<Got> {
        let until = self.world.clock.now() + TimeDelta::hours(i64::from(hours));
        self.world.pass(until);
        let mut arrived = self.collect();
        self.told.push(format!("{until} {act:?}"));
        self.happen(act);
        arrived.extend(self.collect());
        arrived
    }

    /// Everything works again, and nobody says anything for sixty days.
    pub fn stay_silent(&mut self) -> Vec<Got> {
        self.world.running = true;
        self.world.post.set_smtp(true);
        self.world.run();
        let until = self.world.clock.now() + TimeDelta::days(60);
        self.world.pass(until);
        self.collect()
    }

    /// The failure, with everything that led to it.
    pub fn fail(&self, why: &str) -> TestCaseError {
        TestCaseError::fail(format!("{why}\nat {} after:\n{}", self.world.clock.now(), self.told.join("\n")))
    }

    fn collect(&mut self) -> Vec<Got> {
        let arrived: Vec<Got> = self.world.post.take_sent().iter().map(Got::read).collect();
        for got in &arrived {
            self.told.push(format!("  {} gets {}: {}", got.to, got.template, got.subject));
            self.got.entry(got.to.clone()).or_default().push(got.clone());
        }
        arrived
    }

    fn happen(&mut self, act: &Act) {
        let now = self.world.clock.now();
        match act {
            Act::SignUp { who, at_a_time } => {
                let name = PEOPLE[*who].0;
                let limit = if *at_a_time > 0 {
                    format!("Requests at a time: {at_a_time}\r\n")
                } else {
                    String::new()
                };
                let body = format!(
                    "Name: {name}\r\nInstitution: Campus Library\r\nAreas: Koha reports; metadata\r\n{limit}"
                );
                let mail = self.program.mail(&from(*who), "Advisor sign-up", &body, now);
                self.deliver(mail);
            }
            Act::Request { who, wanted, issue } => {
                let issue = if *issue { "Issue: Our Koha reports count renewals twice.\r\n" } else { "" };
                let body = format!("Advisor: {}\r\n{issue}", WANTED[*wanted]);
                let mail = self.program.mail(&from(*who), "Request meeting", &body, now);
                self.deliver(mail);
            }
            Act::Confirm { who, advisor, held } => {
                let (advisor, advisee) = (PEOPLE[*advisor].0, PEOPLE[*who].0);
                let held = if *held { "yes" } else { "no" };
                let body = format!(
                    "Advisor: {advisor}\r\nAdvisee: {advisee}\r\nDate: 2026-11-20\r\nHeld: {held}\r\n"
                );
                let mail = self.program.mail(&from(*who), "Meeting confirmation", &body, now);
                self.deliver(mail);
            }
            Act::Reply { who, back, said, quotes, as_other } => {
                if let Some(got) = self.letter(*who, *back) {
                    let from = from(as_other.unwrap_or(*who));
                    let mail = self.program.reply(&from, &got, SAID[*said], *quotes, now);
                    self.deliver(mail);
                }
            }
            Act::Calendar { who, how } => {
                if let Some(got) = self.invitation(*who) {
                    let mail =
                        self.program.calendar_answer(&from(*who), &got, OF_CALENDARS[*how], &later(now));
                    self.deliver(mail);
                }
            }
            Act::OfOneself { who, said } => {
                let mail = self.program.mail(&from(*who), OF_ONESELF[*said], "", now);
                self.deliver(mail);
            }
            Act::Staff { back, said, which, from_mailbox } => {
                let from = if *from_mailbox { CONTACT } else { STAFF };
                if let Some(got) = self.letter_to(STAFF, *back) {
                    let words = OF_STAFF[*said].replace("{}", &reference_in(&got.text, *which));
                    let mail = self.program.reply(from, &got, &words, true, now);
                    self.deliver(mail);
                }
            }
            Act::ByHand { who } => {
                let mail = self.program.by_hand(&from(*who), "Your question", "I shall call you.", now);
                self.world.post.put_into("Sent", mail);
                self.world.run();
            }
            Act::Absent { who, back } => {
                if let Some(got) = self.letter(*who, *back) {
                    let mail = self.program.absence(&from(*who), &got, "I am away until 15 December.", now);
                    self.deliver(mail);
                }
            }
            Act::Bounces { who, back } => {
                if let Some(got) = self.letter(*who, *back) {
                    let mail = self.program.report(&got);
                    self.deliver(mail);
                }
            }
            Act::Refused { who } => {
                let address = AddrSpec::parse(PEOPLE[*who].1).expect("an address");
                self.world.post.refuse(&address, "550 5.1.1 no such user");
            }
            Act::Again { which } => {
                if let Some(mail) = self.sent.get(*which).cloned() {
                    self.deliver(mail);
                }
            }
            Act::Daemon { up } => {
                self.world.running = *up;
                self.world.run();
            }
            Act::MailServer { up } => {
                self.world.post.set_smtp(*up);
                self.world.run();
            }
            Act::Renumbered => {
                self.world.post.renumber();
                self.world.run();
            }
        }
    }

    /// The last that came with an invitation.
    fn invitation(&self, who: usize) -> Option<Got> {
        let letters = self.got.get(&PEOPLE[who].1.to_lowercase())?;
        letters.iter().rfind(|got| got.calendar.is_some()).cloned()
    }

    fn letter(&self, who: usize, back: usize) -> Option<Got> {
        self.letter_to(PEOPLE[who].1, back)
    }

    fn letter_to(&self, address: &str, back: usize) -> Option<Got> {
        self.got.get(address)?.iter().rev().nth(back).cloned()
    }

    fn deliver(&mut self, mail: Vec<u8>) {
        self.sent.push(mail.clone());
        self.world.post.deliver(mail);
        self.world.run();
    }
}

fn from(who: usize) -> String {
    let (name, address) = PEOPLE[who];
    format!("{name} <{address}>")
}

/// One of the references that a letter shows, if it shows any.
fn reference_in(text: &str, which: usize) -> String {
    let shown: Vec<Reference> = token::references_in(text).collect();
    shown.get(which % shown.len().max(1)).map(Reference::to_string).unwrap_or_default()
}

/// Everybody a letter may go to.
pub fn is_known(address: &str) -> bool {
    address == STAFF || PEOPLE.iter().any(|(_, known)| *known == address)
}

/// Half an hour on the day after tomorrow, for whoever proposes another time.
fn later(now: Timestamp) -> Vec<String> {
    let start = now + TimeDelta::days(2);
    let line = |name: &str, at: Timestamp| format!("{name}:{}", at.format("%Y%m%dT%H%M%SZ"));
    vec![line("DTSTART", start), line("DTEND", start + TimeDelta::minutes(30))]
}
