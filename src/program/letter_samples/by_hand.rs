//! Letters about what staff do by hand.

use super::{day, evening};
use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    vec![
        Letter::QuestionWithStaff {
            name: Some("Nour Khalil".into()),
            subject: "How do I become an advisor?".into(),
            since: evening(day(11, 27)),
        },
        Letter::QuestionWithStaff { name: None, subject: String::new(), since: evening(day(11, 27)) },
    ]
}
