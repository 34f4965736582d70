//! Letters that ask who somebody really is.

use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    vec![]
}
