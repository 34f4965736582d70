//! Letters to the staff between digests, and answers to their words.

use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    vec![]
}
