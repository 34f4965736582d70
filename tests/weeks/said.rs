//! Who lives in the weeks, and what they may say.

/// Who lives here. Samira advises and asks, and has a second address; Vera belongs to no member.
pub const PEOPLE: [(&str, &str); 9] = [
    ("Amina Haddad", "amina@campus.example"),
    ("Karim Nasr", "karim@auc.example"),
    ("Samira Khoury", "samira@campus.example"),
    ("Joao Silva", "joao@auc.example"),
    ("Leila Mansour", "leila@campus.example"),
    ("Omar Aziz", "omar@auc.example"),
    ("Nadia Farah", "nadia@campus.example"),
    ("Vera Stone", "vera@elsewhere.example"),
    ("Samira Khoury", "samira@elsewhere.example"),
];

/// Whom a request may name: known, nearly known, unknown, several, an address.
pub const WANTED: [&str; 10] = [
    "Amina Haddad",
    "Karim Nasr",
    "Samira Khoury",
    "Joao Silva",
    "Amina Hadad",
    "Karim Nassr",
    "Somebody Else",
    "karim@auc.example",
    "Amina Haddad; Karim Nasr; Joao Silva",
    "Leila Mansour",
];

pub const SAID: [&str; 55] = [
    "ACCEPT",
    "ACCEPT\nThursday 14:00\nFri 18 Dec 9:30-10:15",
    "ACCEPT Wednesday at 11",
    "NEW TIMES\nMonday 14:00\n03/04/2027 10:00",
    "NEW TIMES",
    "MOVE",
    "MOVE Tuesday 15:00",
    "MOVED",
    "Tomorrow at 10, or Friday at noon",
    "12 December",
    "ANOTHER ADVISOR",
    "HELD 30\n5 4",
    "1\nSee you then!",
    "ACCEPT\nHappy to show you ours.",
    "DECLINE",
    "DECLINE\nI am on leave, sorry.",
    "YES",
    "NO",
    "NOT YET",
    "HELD",
    "HELD 45\nIt helped a lot.",
    "NOT HELD",
    "HEARD",
    "WRITTEN",
    "CANCEL",
    "1",
    "2",
    "3",
    "9",
    "ROSTER",
    "ROSTER koha",
    "ASK Which version do you run?",
    "Happy to help! Would Tuesday at 3 suit you?",
    "I am not sure what you mean, can you say more about it?",
    "Thanks!",
    "👍",
    "",
    "Issue: How do you count renewals?",
    "DECLINE, TRY Karim Nasr",
    "DECLINE, TRY Somebody Else",
    "DECLINE AND AWAY UNTIL 2026-12-10",
    "AWAY UNTIL 2026-11-25",
    "AWAY",
    "BACK",
    "REMOVE",
    "REPORT\nThis is not about Koha.",
    "STAFF Could you look at this?",
    "NEXT",
    "WAIT",
    "HELP",
    "STATUS",
    "MINE",
    "HE",
    "SAME",
    "SECOND PERSON",
];

/// What a calendar program answers to an invitation.
pub const OF_CALENDARS: [&str; 5] =
    ["REPLY ACCEPTED", "REPLY DECLINED", "REPLY TENTATIVE", "COUNTER", "CANCEL"];

/// What somebody writes about themselves, in a mail of its own.
pub const OF_ONESELF: [&str; 10] = [
    "HELP",
    "STATUS",
    "ROSTER metadata",
    "AWAY UNTIL 2026-11-30",
    "BACK",
    "REMOVE",
    "REPORT",
    "ALSO ME samira@elsewhere.example",
    "STAFF Is anybody there?",
    "FORGET ME",
];

/// What staff reply to a letter; `{}` stands for a reference that the letter shows.
pub const OF_STAFF: [&str; 16] = [
    "APPROVE",
    "APPROVE {}",
    "REFUSE {}",
    "ASSIGN {} Karim Nasr",
    "ASSIGN {} Nobody",
    "HANDLED",
    "HANDLED {}",
    "NOTE {} called her",
    "REMOVE Karim Nasr",
    "AWAY Amina Haddad UNTIL 2026-12-01",
    "UNDO",
    "UNDO {}",
    "FIGURES",
    "APPROVE {}\nHANDLED {}",
    "Thanks, I shall ask Leila.",
    "Please remove Samira from the list.",
];
