//! Letters about absence, and about moving down a list of advisors.

use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    vec![]
}
