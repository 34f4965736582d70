//! A ledger line: one group as JSON behind the checksum of its exact bytes.
//!
//! `{"sum":"1c291ca3","group":{"seq":7,"at":"…","notes":[…],"changes":[["person/a",{…}],["timer/b",null]]}}`
//!
//! The line is valid JSON for whoever reads it with other tools; values stand in it as they were
//! given, so that what was committed is what comes back. A line of a snapshot has `"snapshot":{"part":1}`
//! behind its notes, the sequence of the group the snapshot stands for, and rows alone as changes.

use super::{Group, StoreError};
use crate::program::batch::Change;
use crate::program::record::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const HEAD: &[u8] = b"{\"sum\":\"";
const MIDDLE: &[u8] = b"\",\"group\":";
const TAIL: &[u8] = b"}\n";
/// CRC-32 (IEEE 802.3) in lower-case hex.
const SUM_DIGITS: usize = 8;
/// Where in a line its group begins.
const GROUP_AT: u64 = (HEAD.len() + SUM_DIGITS + MIDDLE.len()) as u64;

/// A group as it is written, and the checksum that names it.
pub(super) struct Written {
    pub text: String,
    pub sum: u32,
    /// Where in the line the value of each change begins.
    pub offsets: Vec<u64>,
}

/// Which line of a snapshot it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// From 1.
    pub part: u64,
    /// Only the last line has it: a snapshot without its end is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// What a snapshot should have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The checksum of the group the snapshot stands for.
    pub sum: u32,
    pub rows: u64,
    /// Of the rows' checksums, as the index adds them up.
    pub total: u64,
}

/// All of a line but its changes.
#[derive(Serialize)]
struct Outbound<'a> {
    seq: u64,
    at: Timestamp,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<Part>,
}

/// The line of this group, with its line end.
pub(super) fn write(seq: u64, group: &Group) -> Result<Written, StoreError> {
    write_part(seq, group, None)
}

/// The same, as a line of a snapshot where `snapshot` says which.
pub(super) fn write_part(seq: u64, group: &Group, snapshot: Option<Part>) -> Result<Written, StoreError> {
    let head = Outbound { seq, at: group.at, notes: &group.notes, snapshot };
    let mut body = json(&head);
    body.pop();
    body.push_str(",\"changes\":[");
    let mut offsets = Vec::with_capacity(group.changes.len());
    for change in &group.changes {
        let (key, value) = raw(change)?;
        body.push_str(if offsets.is_empty() { "[" } else { ",[" });
        body.push_str(&json(&key));
        body.push(',');
        offsets.push(GROUP_AT + body.len() as u64);
        body.push_str(value.map_or("null", RawValue::get));
        body.push(']');
    }
    body.push_str("]}");
    let sum = crc32fast::hash(body.as_bytes());
    Ok(Written { text: format!("{{\"sum\":\"{sum:08x}\",\"group\":{body}}}\n"), sum, offsets })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names, numbers and times always serialise")
}

/// Every store refuses what a ledger line could not hold, so that none accepts what another would lose.
pub(super) fn check(changes: &[Change]) -> Result<(), StoreError> {
    changes.iter().try_for_each(|change| raw(change).map(|_| ()))
}

fn raw(change: &Change) -> Result<(&str, Option<&RawValue>), StoreError> {
    let key = change.key.as_str();
    let refuse = |why: &str| StoreError::Unusable(format!("the row {key:?} was not committed: {why}"));
    if !key.contains('/') {
        return Err(refuse("a key is `table/key`"));
    }
    let Some(value) = change.value.as_deref() else { return Ok((key, None)) };
    // `null` is how a line says that the row is deleted.
    let one_line = !value.contains('\n') && value != "null";
    match serde_json::from_str::<&RawValue>(value) {
        Ok(raw) if one_line && raw.get() == value => Ok((key, Some(raw))),
        _ => Err(refuse("its value is not JSON on one line, or is null")),
    }
}

/// A line whose checksum was right.
pub(super) struct Sealed<'a> {
    pub sum: u32,
    group: &'a str,
}

/// Opens a line, line end included. An error says in a few words what is wrong with it.
pub(super) fn read(line: &[u8]) -> Result<Sealed<'_>, &'static str> {
    let line = line.strip_suffix(TAIL).ok_or("it has no end")?;
    let line = line.strip_prefix(HEAD).ok_or("it has no checksum")?;
    let (sum, rest) = line.split_at_checked(SUM_DIGITS).ok_or("it has no checksum")?;
    let group = rest.strip_prefix(MIDDLE).ok_or("it has no group")?;
    let right = crc32fast::hash(group);
    if sum != format!("{right:08x}").as_bytes() {
        return Err("its checksum does not match");
    }
    let group = std::str::from_utf8(group).map_err(|_| "it is not UTF-8")?;
    Ok(Sealed { sum: right, group })
}

/// Whether a good line is stuck to the end of a bad one: a flipped bit can fell a line end too.
pub(super) fn hides_a_good_line(bad: &[u8]) -> bool {
    let mut starts = bad.windows(HEAD.len()).enumerate().skip(1).filter(|(_, window)| *window == HEAD);
    starts.any(|(start, _)| read(&bad[start..]).is_ok())
}

/// Which group a line holds, without its contents.
#[derive(Deserialize)]
pub(super) struct Place {
    pub seq: u64,
    pub at: Timestamp,
    #[serde(default)]
    pub snapshot: Option<Part>,
}

/// What a replay needs of a group.
#[derive(Deserialize)]
pub(super) struct Inbound<'a> {
    #[serde(borrow)]
    pub changes: Vec<(String, Option<&'a RawValue>)>,
}

impl<'a> Sealed<'a> {
    pub fn place(&self) -> Result<Place, serde_json::Error> {
        serde_json::from_str(self.group)
    }

    /// Where in the line a value begins that was read from it.
    pub fn offset_of(&self, value: &str) -> u64 {
        GROUP_AT + (value.as_ptr().addr() - self.group.as_ptr().addr()) as u64
    }

    pub fn inbound(&self) -> Result<Inbound<'a>, serde_json::Error> {
        serde_json::from_str(self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(changes: &[(&str, Option<&str>)]) -> Group {
        let change = |(key, value): &(&str, Option<&str>)| Change {
            key: (*key).to_owned(),
            value: value.map(str::to_owned),
        };
        Group {
            at: "2026-03-02T09:00:00Z".parse().unwrap(),
            notes: vec!["mail <1@x> accept [K7Q2M]".to_owned()],
            changes: changes.iter().map(change).collect(),
        }
    }

    #[test]
    fn an_ordinary_line_knows_nothing_of_snapshots() {
        let text = write(7, &group(&[])).unwrap().text;
        assert!(!text.contains("snapshot"), "{text}");
        let part = Part { part: 2, end: Some(End { sum: 9, rows: 1, total: 4 }) };
        let text = write_part(7, &group(&[("a/b", Some("1"))]), Some(part)).unwrap().text;
        assert_eq!(read(text.as_bytes()).unwrap().place().unwrap().snapshot, Some(part));
    }

    #[test]
    fn a_line_is_json_and_holds_values_byte_for_byte() {
        let value = r#"{"v":1, "name":"Ana \u00e9 é","n":1.0}"#;
        let line = write(7, &group(&[("person/a@x", Some(value)), ("timer/y", None)])).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&line.text).is_ok());
        let sealed = read(line.text.as_bytes()).unwrap();
        assert_eq!((sealed.sum, sealed.place().unwrap().seq), (line.sum, 7));
        let changes = sealed.inbound().unwrap().changes;
        let changes: Vec<_> = changes.iter().map(|(k, v)| (k.as_str(), v.map(RawValue::get))).collect();
        assert_eq!(changes, [("person/a@x", Some(value)), ("timer/y", None)]);
        let [at, deleted] = line.offsets[..] else { panic!("two changes") };
        let behind = |at: u64| &line.text[usize::try_from(at).unwrap()..];
        assert!(behind(at).starts_with(value) && behind(deleted).starts_with("null"));
        assert_eq!(sealed.offset_of(changes[0].1.unwrap()), at);
    }

    #[test]
    fn no_flipped_bit_goes_unseen() {
        let line = write(7, &group(&[("person/a@x", Some("{\"v\":1}"))])).unwrap().text.into_bytes();
        for bit in 0..line.len() * 8 {
            let mut bad = line.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&bad).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn what_a_line_cannot_hold_is_refused() {
        for value in ["", "{", "null", "{}\n", " {}", "{\n}", "{} {}"] {
            let refused = check(&group(&[("person/a@x", Some(value))]).changes);
            assert!(
                matches!(refused, Err(StoreError::Unusable(why)) if why.contains("person/a@x")),
                "{value:?}"
            );
        }
        assert!(check(&group(&[("person", Some("{}"))]).changes).is_err());
        assert!(check(&group(&[("person/a@x", Some("{}"))]).changes).is_ok());
    }

    #[test]
    fn a_good_line_behind_a_broken_line_end_is_found() {
        let line = write(7, &group(&[("person/a@x", Some("{\"sum\":\"\"}"))])).unwrap().text;
        let torn = &line[..line.len() - 1];
        assert!(hides_a_good_line(format!("{torn}\u{b}{line}").as_bytes()));
        assert!(!hides_a_good_line(format!("{torn}\u{b}{torn}").as_bytes()));
        assert!(!hides_a_good_line(torn.as_bytes()));
    }
}
