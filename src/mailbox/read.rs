//! Reading mails: sizes first, then bodies, by UID and without setting `\Seen`.

use super::error::MailboxError;
use super::link::Link;
use super::set::sets;
use super::{Fetched, Listed};
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use chrono::{DateTime, FixedOffset};
use std::collections::BTreeMap;

/// What is read of an oversize mail, whatever the limit, so that what is made of it does
/// not change with the limit.
const OVERSIZE_HEADER: usize = 256 * 1024;
const OVERSIZE_TEXT: usize = 64 * 1024;

/// Those of the mails that are there, whole up to `max_bytes`.
pub async fn mails(link: &mut Link, uids: &[u32], max_bytes: u32) -> Result<Vec<Fetched>, MailboxError> {
    let mut there = BTreeMap::new();
    for set in sets(uids) {
        there.extend(sizes(link, &set).await?);
    }
    there.retain(|uid, _| uids.contains(uid));
    let (small, large): (Vec<_>, Vec<_>) = there.values().partition(|mail| mail.size <= max_bytes);
    let mut bodies = whole(link, &small).await?;
    bodies.extend(beginnings(link, &large).await?);
    let read = |mail: &Listed| {
        let Listed { uid, size, received } = *mail;
        let bytes = bodies.remove(&uid)?;
        Some(Fetched { uid, size, received, bytes, complete: size <= max_bytes })
    };
    Ok(there.values().filter_map(read).collect())
}

/// These fields of the header of those mails that are there, and of their bodies nothing.
pub async fn fields(link: &mut Link, uids: &[u32], fields: &str) -> Result<Vec<Fetched>, MailboxError> {
    let mut read = BTreeMap::new();
    for set in sets(uids) {
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let header = section(attributes, Some(MessageSection::Header));
            if let (Some(uid), Some(bytes)) = (uid_of(attributes), header) {
                let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                read.insert(uid, Fetched { uid, size, received: None, bytes, complete: false });
            }
        };
        link.run(&format!("UID FETCH {set} (UID BODY.PEEK[HEADER.FIELDS ({fields})])"), note).await?;
    }
    read.retain(|uid, _| uids.contains(uid));
    Ok(read.into_values().collect())
}

/// RFC822.SIZE and INTERNALDATE of the mails in `set` that are there. Responses without a
/// size are the server's own news of flags and stand for nothing here.
pub async fn sizes(link: &mut Link, set: &str) -> Result<BTreeMap<u32, Listed>, MailboxError> {
    let mut listed = BTreeMap::new();
    let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
    let note = |response: &Response<'_>| {
        let Response::Fetch(_, attributes) = response else { return };
        let (mut uid, mut size, mut received) = (None, None, None);
        for attribute in attributes {
            match attribute {
                AttributeValue::Uid(value) => uid = Some(*value),
                AttributeValue::Rfc822Size(value) => size = Some(*value),
                AttributeValue::InternalDate(text) => received = internal_date(text),
                _ => {}
            }
        }
        if let (Some(uid), Some(size)) = (uid, size) {
            listed.insert(uid, Listed { uid, size, received });
        }
    };
    link.run(&command, note).await?;
    Ok(listed)
}

/// RFC 3501 §9, date-time: ` 7-Nov-2026 08:01:02 +0100`.
fn internal_date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()
}

type Bodies = BTreeMap<u32, Vec<u8>>;

async fn whole(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let mut bodies = Bodies::new();
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    for set in sets(&uids) {
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            if let (Some(uid), Some(bytes)) = (uid_of(attributes), section(attributes, None)) {
                bodies.insert(uid, bytes);
            }
        };
        link.run(&format!("UID FETCH {set} (UID BODY.PEEK[])"), note).await?;
    }
    Ok(bodies)
}

async fn beginnings(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let mut bodies = Bodies::new();
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    for set in sets(&uids) {
        let command = format!(
            "UID FETCH {set} (UID BODY.PEEK[HEADER]<0.{OVERSIZE_HEADER}> BODY.PEEK[TEXT]<0.{OVERSIZE_TEXT}>)"
        );
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let header = section(attributes, Some(MessageSection::Header));
            let text = section(attributes, Some(MessageSection::Text));
            if let (Some(uid), Some(header), Some(text)) = (uid_of(attributes), header, text) {
                bodies.insert(uid, joined(header, &text));
            }
        };
        link.run(&command, note).await?;
    }
    Ok(bodies)
}

/// A header that was cut off itself needs its empty line.
fn joined(mut header: Vec<u8>, text: &[u8]) -> Vec<u8> {
    if header.len() >= OVERSIZE_HEADER {
        header.extend_from_slice(b"\r\n\r\n");
    }
    header.extend_from_slice(text);
    header
}

fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn section(attributes: &[AttributeValue<'_>], wanted: Option<MessageSection>) -> Option<Vec<u8>> {
    let wanted = wanted.map(SectionPath::Full);
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { section, data, .. } if *section == wanted => {
            Some(data.as_deref().unwrap_or_default().to_vec())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_are_read_with_a_day_of_one_digit_too() {
        let date = internal_date(" 7-Nov-2026 08:01:02 +0100").unwrap();
        assert_eq!(date.to_rfc3339(), "2026-11-07T08:01:02+01:00");
        assert!(internal_date("17-Nov-2026 08:01:02 +0100").is_some());
        assert!(internal_date("yesterday").is_none());
    }

    #[test]
    fn a_header_that_was_cut_off_still_ends() {
        assert_eq!(joined(b"A: b\r\n\r\n".to_vec(), b"text"), b"A: b\r\n\r\ntext");
        assert!(joined(vec![b'x'; OVERSIZE_HEADER], b"text").ends_with(b"x\r\n\r\ntext"));
    }
}
