//! What of a batch is read at all: of a folder that was numbered anew (UIDVALIDITY, RFC 9051
//! §2.3.1.1), only what its header does not show to have been decided.

use super::Fault;
use super::reading::Reader;
use crate::decider::Fetched;
use crate::mail::heading::{self, Heading};
use crate::mailbox::{ContactMailbox, Listed, MailboxError};
use crate::program::input::Purpose;
use crate::program::known::Recognised;
use crate::program::record::{Reading, Timestamp};
use std::collections::BTreeMap;

/// A batch, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// To be fetched and decided.
    pub new: Vec<Listed>,
    /// How many are too old to be acted on.
    pub older: u64,
    /// How many were decided before.
    pub known: usize,
    /// Those of them that were for us, and are no older than what is acted on: they may still
    /// lie where they were found.
    pub marks: Vec<u32>,
}

impl<M: ContactMailbox> Reader<M> {
    pub(super) async fn sort(&mut self, reading: &Reading, batch: &[Listed]) -> Result<Sorted, Fault> {
        let headers = self.headers_again(reading, batch).await?;
        let mut sorted = Sorted::default();
        for mail in batch {
            let header = headers.get(&mail.uid);
            let old = is_old(reading, mail) || header.is_some_and(|bytes| self.is_of_old(reading, bytes));
            match self.recognise(header)? {
                Recognised::Decided { for_us } => {
                    sorted.known += 1;
                    sorted.marks.extend((for_us && !old).then_some(mail.uid));
                }
                Recognised::No if old => sorted.older += 1,
                Recognised::No => sorted.new.push(*mail),
            }
        }
        Ok(sorted)
    }

    /// The headers of those that were there when the folder was numbered anew. Of sent mail more
    /// than a header is never read.
    async fn headers_again(
        &mut self,
        reading: &Reading,
        batch: &[Listed],
    ) -> Result<BTreeMap<u32, Vec<u8>>, Fault> {
        let again = batch.iter().map(|mail| mail.uid).filter(|uid| *uid <= reading.again_up_to);
        let uids: Vec<u32> = again.collect();
        if uids.is_empty() || reading.purpose == Purpose::Sent {
            return Ok(BTreeMap::new());
        }
        match self.mailbox.headers(&uids, heading::FIELDS).await {
            // One of them cannot be read; which, and what then, is found out as with any batch.
            Err(MailboxError::Protocol { .. }) => {
                self.mailbox.select().await?;
                Ok(BTreeMap::new())
            }
            headers => Ok(headers?.into_iter().map(|header| (header.uid, header.bytes)).collect()),
        }
    }

    /// Takes out what was there when the folder was numbered anew and is old, where its header
    /// alone was not to be had, and says how many.
    pub(super) fn drop_old(&self, reading: &Reading, mails: &mut Vec<Fetched>) -> u64 {
        let before = mails.len();
        mails.retain(|mail| mail.uid > reading.again_up_to || !self.is_of_old(reading, &mail.bytes));
        (before - mails.len()) as u64
    }

    /// Old by its header: a folder copied to another provider may have been received there
    /// today, all of it.
    fn is_of_old(&self, reading: &Reading, header: &[u8]) -> bool {
        // In a rehearsal mails bear its own times.
        let rehearsed = self.clock.now() - self.clock.wall();
        let latest = heading::latest_time(header).map(|at| at.to_utc());
        reading.since.zip(latest).is_some_and(|(since, latest)| latest < since + rehearsed)
    }

    fn recognise(&self, header: Option<&Vec<u8>>) -> Result<Recognised, Fault> {
        match header.and_then(|bytes| Heading::read(bytes)) {
            Some(heading) => Ok(self.desk.recognise(&heading)?),
            None => Ok(Recognised::No),
        }
    }
}

/// A mail that was there before we began, or when the folder was numbered anew, and had been for
/// long: counted, never acted on.
fn is_old(reading: &Reading, mail: &Listed) -> bool {
    let before = |since: Timestamp| mail.received.is_some_and(|at| at.to_utc() < since);
    mail.uid <= reading.old_up_to && reading.since.is_some_and(before)
}
