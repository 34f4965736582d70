//! Marking mail that was handled: in sets, behind the reading, made again after a crash.

use super::Fault;
use super::desk::Desk;
use super::reading::Reader;
use crate::decider::{self, Work};
use crate::journal;
use crate::mailbox::ContactMailbox;
use crate::program::View;
use crate::program::batch::Change;

/// Marks made in one set. They grow with the backlog: one at a time is slow on large folders.
const MARKS: usize = 1000;

/// Whether marking goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    All,
    /// Mail has come, which is read first: on a large folder the rest may take a minute.
    MailHasCome,
}

impl<M: ContactMailbox> Reader<M> {
    /// Does what is configured to handled mail, until mail comes.
    pub(super) async fn mark_until_news(&mut self) -> Result<Marked, Fault> {
        while let Some((uid_validity, uids)) = next_marks(&self.desk, &self.folder.name)? {
            self.mark(uid_validity, &uids).await?;
            if self.mailbox.has_news() {
                return Ok(Marked::MailHasCome);
            }
        }
        Ok(Marked::All)
    }

    /// Does what is configured to all handled mail.
    pub(super) async fn mark_handled(&mut self) -> Result<(), Fault> {
        while self.mark_until_news().await? == Marked::MailHasCome {}
        Ok(())
    }

    async fn mark(&mut self, uid_validity: u32, uids: &[u32]) -> Result<(), Fault> {
        journal::marking(uids.len());
        let selected = self.mailbox.select().await?;
        // Numbered anew since, these are other mails; those we meant are met again by reading.
        if selected.uid_validity == uid_validity {
            self.mailbox.mark_handled(uids).await?;
        }
        let prefix = decider::mark_prefix(&self.folder.name, uid_validity);
        let done = uids.iter().map(|uid| Change::gone(format!("{prefix}{uid:010}"))).collect();
        self.desk.decide(Work::Rows(done)).await?;
        journal::mailbox_marked(uids.len());
        Ok(())
    }
}

/// The next set of one UIDVALIDITY.
fn next_marks(desk: &Desk, folder: &str) -> Result<Option<(u32, Vec<u32>)>, Fault> {
    let prefix = format!("mark/{folder}/");
    let found = desk.read(|view| {
        let rows = view.first(&prefix, 1);
        let uid_validity = rows.first()?.0.strip_prefix(&prefix)?.split('/').next()?.parse().ok()?;
        Some((uid_validity, decider::marks(view, folder, uid_validity, MARKS)))
    })?;
    Ok(found)
}
