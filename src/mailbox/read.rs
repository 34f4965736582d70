//! Reading mails: sizes first, then bodies, by UID and without setting `\Seen`.

use super::error::MailboxError;
use super::link::Link;
use super::set::sets;
use super::{Fetched, Listed, Reads, Survey};
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use chrono::{DateTime, FixedOffset};
use std::collections::{BTreeMap, BTreeSet};

/// What is read of an oversize mail, whatever the limit, so that what is made of it does
/// not change with the limit.
const OVERSIZE_HEADER: usize = 256 * 1024;
const OVERSIZE_TEXT: usize = 64 * 1024;

/// What is read of the fields of a header that are asked for.
const FIELDS: usize = 16 * 1024;
/// Where RFC822.SIZE is an estimate (some servers make one, and are wrong by a tenth), a body may
/// be longer than that by a quarter and a little.
const MORE: u64 = 256 * 1024;

/// The longest response there can be to what is asked here.
pub fn longest_response(max_bytes: u32) -> u64 {
    let beginning = (OVERSIZE_HEADER + OVERSIZE_TEXT) as u64;
    at_most(u64::from(max_bytes).max(beginning))
}

fn at_most(size: u64) -> u64 {
    size + size / 4 + MORE
}

/// Those of the mails that are there, whole up to `max_bytes`.
pub async fn mails(
    link: &mut Link,
    mails: &[Listed],
    reads: Reads,
    max_bytes: u32,
) -> Result<Vec<Fetched>, MailboxError> {
    if let Reads::Fields(names) = reads {
        let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
        return fields(link, &uids, names).await;
    }
    let (small, large): (Vec<_>, Vec<_>) = mails.iter().partition(|mail| mail.size <= max_bytes);
    let mut bodies = whole(link, &small).await?;
    bodies.extend(beginnings(link, &large).await?);
    let there: BTreeMap<u32, &Listed> = mails.iter().map(|mail| (mail.uid, mail)).collect();
    let read = |mail: &Listed| {
        let Listed { uid, size, received } = *mail;
        let bytes = bodies.remove(&uid)?;
        Some(Fetched { uid, size, received, bytes, complete: size <= max_bytes })
    };
    Ok(there.into_values().filter_map(read).collect())
}

/// These fields of the header of those mails that are there, and of their bodies nothing.
pub async fn fields(link: &mut Link, uids: &[u32], fields: &str) -> Result<Vec<Fetched>, MailboxError> {
    let wanted = format!("BODY.PEEK[HEADER.FIELDS ({fields})]<0.{FIELDS}>");
    let most = uids.len() as u64 * at_most(FIELDS as u64);
    let bodies =
        bodies(link, uids, &wanted, most, |attributes| section(attributes, Some(MessageSection::Header)));
    let read = |(uid, bytes): (u32, Vec<u8>)| {
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Fetched { uid, size, received: None, bytes, complete: false }
    };
    Ok(bodies.await?.into_iter().map(read).collect())
}

/// RFC822.SIZE and INTERNALDATE of the mails in `set` that are there, of the first `most` of them.
/// Responses without a size are the server's own news of flags and stand for nothing here.
pub async fn sizes(link: &mut Link, set: &str, most: usize) -> Result<BTreeMap<u32, Listed>, MailboxError> {
    let mut listed = BTreeMap::new();
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
        if listed.len() > most {
            listed.pop_last();
        }
    };
    link.run(&format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)"), note).await?;
    Ok(listed)
}

/// How many mails there are, and the last of them.
pub async fn survey(link: &mut Link) -> Result<Survey, MailboxError> {
    let mut survey = Survey::default();
    let note = |response: &Response<'_>| {
        let Response::Fetch(_, attributes) = response else { return };
        // News of flags may come between, of a mail that was counted.
        if let Some(uid) = uid_of(attributes).filter(|uid| *uid > survey.last_uid) {
            survey.mails += 1;
            survey.last_uid = uid;
        }
    };
    link.run("UID FETCH 1:* (UID)", note).await?;
    Ok(survey)
}

/// RFC 3501 §9, date-time: ` 7-Nov-2026 08:01:02 +0100`.
fn internal_date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()
}

type Bodies = BTreeMap<u32, Vec<u8>>;

async fn whole(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    let most = mails.iter().map(|mail| at_most(u64::from(mail.size))).sum();
    bodies(link, &uids, "BODY.PEEK[]", most, |attributes| section(attributes, None)).await
}

async fn beginnings(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    let most = uids.len() as u64 * longest_response(0);
    let wanted = format!("BODY.PEEK[HEADER]<0.{OVERSIZE_HEADER}> BODY.PEEK[TEXT]<0.{OVERSIZE_TEXT}>");
    bodies(link, &uids, &wanted, most, |attributes| {
        let header = section(attributes, Some(MessageSection::Header))?;
        Some(joined(header, &section(attributes, Some(MessageSection::Text))?))
    })
    .await
}

/// What `take` makes of the responses to `wanted`, which may be `most` octets in all. What was not
/// asked for is not kept.
async fn bodies(
    link: &mut Link,
    uids: &[u32],
    wanted: &str,
    most: u64,
    take: impl Fn(&[AttributeValue<'_>]) -> Option<Vec<u8>>,
) -> Result<Bodies, MailboxError> {
    let asked: BTreeSet<u32> = uids.iter().copied().collect();
    let (mut bodies, mut octets) = (Bodies::new(), 0);
    for set in sets(uids) {
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let Some(uid) = uid_of(attributes).filter(|uid| asked.contains(uid)) else { return };
            // Of a mail that has just vanished Dovecot gives an empty body; no mail has one.
            let bytes = take(attributes).filter(|bytes| !bytes.is_empty());
            if let Some(bytes) = bytes.filter(|_| octets <= most) {
                octets += bytes.len() as u64;
                bodies.insert(uid, bytes);
            }
        };
        link.run(&format!("UID FETCH {set} (UID {wanted})"), note).await?;
    }
    if octets > most {
        return Err(
            link.protocol(format!("more than {most} octets of mail, which is more than it said there are"))
        );
    }
    Ok(bodies)
}

/// What is read of a mail that is too big, where the whole of it is at hand.
pub fn beginning(mail: &[u8]) -> Vec<u8> {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.len(), |at| at + 4);
    let (header, text) = mail.split_at(end);
    let header = &header[..header.len().min(OVERSIZE_HEADER)];
    joined(header.to_vec(), &text[..text.len().min(OVERSIZE_TEXT)])
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
