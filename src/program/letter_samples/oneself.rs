//! Letters about what people say about themselves.

use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    vec![]
}
