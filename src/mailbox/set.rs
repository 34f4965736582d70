//! Sets of UIDs as commands carry them (RFC 3501 §9, sequence-set).

use std::collections::BTreeSet;
use std::iter::Peekable;

/// A server need not accept command lines above 8000 octets (RFC 7162 §4): a thousand of these is left
/// for the rest of the command, so that a thousand mails mostly go into one.
const LONGEST: usize = 7000;

/// The UIDs as sets like `3:5,9`, each short enough for a command. Only UIDs that were
/// given are in them: a mail between two of them is never meant.
pub fn sets(uids: &[u32]) -> Vec<String> {
    let ordered: BTreeSet<u32> = uids.iter().copied().filter(|uid| *uid > 0).collect();
    let mut uids = ordered.into_iter().peekable();
    let mut sets: Vec<String> = Vec::new();
    while let Some(range) = next_range(&mut uids) {
        match sets.last_mut().filter(|set| set.len() < LONGEST) {
            Some(set) => {
                set.push(',');
                set.push_str(&range);
            }
            None => sets.push(range),
        }
    }
    sets
}

fn next_range(uids: &mut Peekable<impl Iterator<Item = u32>>) -> Option<String> {
    let first = uids.next()?;
    let mut last = first;
    while let Some(next) = uids.next_if(|uid| *uid - 1 == last) {
        last = next;
    }
    Some(if first == last { first.to_string() } else { format!("{first}:{last}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges_and_nothing_else_does() {
        assert_eq!(sets(&[9, 3, 4, 5, 4, 0]), ["3:5,9"]);
        assert_eq!(sets(&[u32::MAX, 1]), ["1,4294967295"]);
        assert!(sets(&[]).is_empty());
    }

    #[test]
    fn long_sets_are_split_and_lose_nothing() {
        let odd: Vec<u32> = (0..5000).map(|n| 2 * n + 1).collect();
        let sets = sets(&odd);
        assert!(sets.len() > 1 && sets.iter().all(|set| set.len() < LONGEST + 25));
        let all: Vec<u32> = sets.join(",").split(',').map(|uid| uid.parse().unwrap()).collect();
        assert_eq!(all, odd);
    }
}
