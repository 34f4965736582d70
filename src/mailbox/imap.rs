//! The contact mailbox on an IMAP server (RFC 3501 and what RFC 9051 kept of it).

use super::error::MailboxError;
use super::link::Link;
use super::opening::Opening;
use super::set::sets;
use super::{AfterHandling, Authentication, ContactMailbox, Fetched, ImapSettings, Listed, Selected, Survey};
use super::{folders, handled, name, read};
use crate::oauth2::Tokens;
use crate::sasl::{Bearer, Mechanism};
use crate::tls::Security;
use async_imap::imap_proto::{Capability, Response};
use std::collections::BTreeSet;
use std::time::Duration;

/// Mails listed at once: a hundred thousand would take memory that the rest of the program never
/// needs, and to list what is left anew costs ten thousand mails little.
const LISTED: usize = 10_000;

/// The contact mailbox on an IMAP server.
pub struct Imap {
    settings: ImapSettings,
    open: Option<Open>,
    /// The UIDVALIDITY that the caller's UIDs belong to.
    uid_validity: Option<u32>,
}

/// A connection with the mailbox selected.
struct Open {
    link: Link,
    able: BTreeSet<String>,
    selected: Selected,
    /// A wait has ended without news since: it may be that the folder is not there any more.
    is_doubtful: bool,
}

impl Open {
    /// Whether UIDs mean on this connection what they meant.
    fn is_in_step(&self) -> bool {
        self.link.is_sound() && self.link.uid_validity() == Some(self.selected.uid_validity)
    }

    async fn mark(&mut self, after_handling: &AfterHandling, set: &str) -> Result<(), MailboxError> {
        match after_handling {
            AfterHandling::Leave => Ok(()),
            AfterHandling::Flag => handled::flag(&mut self.link, set).await,
            AfterHandling::Move(folder) => {
                handled::relocate(&mut self.link, handled::Way::of(&self.able), set, folder).await
            }
        }
    }
}

impl Imap {
    /// Connects nowhere yet.
    pub fn new(settings: ImapSettings) -> Self {
        Self { settings, open: None, uid_validity: None }
    }

    /// A sound connection with the mailbox selected as the caller knows it.
    async fn open(&mut self) -> Result<&mut Open, MailboxError> {
        let open = self.connection().await?;
        let is = open.selected.uid_validity;
        let was = *self.uid_validity.get_or_insert(is);
        match &mut self.open {
            Some(open) if was == is => Ok(open),
            _ => Err(MailboxError::Renumbered {
                server: self.settings.peer.name(),
                folder: self.settings.mailbox.clone(),
                was,
                is,
            }),
        }
    }

    async fn connection(&mut self) -> Result<&mut Open, MailboxError> {
        let open = match self.standing().await {
            Some(open) => open,
            None => self.connect().await?,
        };
        Ok(self.open.insert(open))
    }

    /// The connection we have, if it is in step. One that died while it waited for mail
    /// (routers forget them) is no failure yet: a new one tells.
    async fn standing(&mut self) -> Option<Open> {
        let mut open = self.open.take().filter(Open::is_in_step)?;
        open.link.leave_idle().await.ok()?;
        Some(open).filter(Open::is_in_step)
    }

    async fn connect(&self) -> Result<Open, MailboxError> {
        let mut link = self.greeted().await?;
        self.log_in(&mut link).await?;
        let able = capabilities(&mut link).await?;
        self.check_after_handling(&able)?;
        let selected = self.select_on(&mut link).await?;
        Ok(Open { link, able, selected, is_doubtful: false })
    }

    pub(super) async fn greeted(&self) -> Result<Link, MailboxError> {
        let ImapSettings { peer, waits, .. } = &self.settings;
        let wire = peer.connect(waits.silence).await?;
        let most = read::longest_response(self.settings.max_bytes);
        let mut link = Link::greet(wire, peer.name(), *waits, most).await?;
        if peer.security != Security::StartTls {
            return Ok(link);
        }
        match link.run("STARTTLS", |_| {}).await {
            Ok(()) => link.secure(peer).await,
            Err(
                MailboxError::Refused { server, words, .. }
                | MailboxError::Protocol { server, cause: words, .. },
            ) => Err(MailboxError::Unsupported {
                server,
                what: format!("STARTTLS ({words}); set [imap] security = \"tls\", mostly with port = 993"),
            }),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn log_in(&self, link: &mut Link) -> Result<(), MailboxError> {
        let able = capabilities(link).await?;
        match &self.settings.authentication {
            Authentication::Password(password) => self.log_in_by_password(link, &able, password).await,
            Authentication::Token(tokens) => self.log_in_by_token(link, &able, tokens).await,
        }
    }

    async fn log_in_by_token(
        &self,
        link: &mut Link,
        able: &BTreeSet<String>,
        tokens: &Tokens,
    ) -> Result<(), MailboxError> {
        let offered = |name: &str| able.contains(name);
        let mechanism = Mechanism::among(offered("AUTH=XOAUTH2"), offered("AUTH=OAUTHBEARER"));
        let Some(mechanism) = mechanism else {
            return Err(self.unsupported(
                "XOAUTH2 and OAUTHBEARER on this connection; use password_file instead of [imap.oauth2]",
            ));
        };
        let tell = async |token: &str| self.tell_token(link, mechanism, token).await;
        tokens.tell(tell, MailboxError::is_refused_login).await
    }

    async fn tell_token(
        &self,
        link: &mut Link,
        mechanism: Mechanism,
        token: &str,
    ) -> Result<(), MailboxError> {
        let ImapSettings { peer, user, .. } = &self.settings;
        let response = mechanism.response(Bearer { user, host: &peer.host, port: peer.port, token });
        let told = link.authenticate(mechanism.name(), &response, mechanism.concession()).await;
        told.map_err(|error| self.refused_login(error))
    }

    async fn log_in_by_password(
        &self,
        link: &mut Link,
        able: &BTreeSet<String>,
        password: &str,
    ) -> Result<(), MailboxError> {
        let refused = |error| self.refused_login(error);
        // PLAIN carries every character; LOGIN is for servers that know nothing else.
        if able.contains("AUTH=PLAIN") {
            let plain = format!("\0{}\0{password}", self.settings.user);
            let plain = data_encoding::BASE64.encode(plain.as_bytes());
            // A server that asks on is told to stop (RFC 9051 §6.2.2).
            return link.authenticate("PLAIN", &plain, "*").await.map_err(refused);
        }
        if able.contains("LOGINDISABLED") {
            return Err(self.unsupported("a login by password on this connection; use security = \"tls\""));
        }
        let (user, password) = (name::quoted(&self.settings.user), name::quoted(password));
        let (Some(user), Some(password)) = (user, password) else {
            return Err(self.unsupported("AUTH=PLAIN, which a user or password beyond ASCII needs"));
        };
        link.run(&format!("LOGIN {user} {password}"), |_| {}).await.map_err(refused)
    }

    /// A `NO` to a login: ours to mend, unless the server says that it is its own fault
    /// (RFC 5530 §3: UNAVAILABLE is "a subsystem is down").
    fn refused_login(&self, error: MailboxError) -> MailboxError {
        match error {
            MailboxError::Refused { server, words, .. } if !is_temporary(&words) => {
                MailboxError::Authentication { server, user: self.settings.user.clone(), words }
            }
            other => other,
        }
    }

    /// Said at the first connection, not only when the first mail is handled.
    pub(super) fn check_after_handling(&self, able: &BTreeSet<String>) -> Result<(), MailboxError> {
        let moves = matches!(self.settings.after_handling, AfterHandling::Move(_));
        if moves && !able.contains("MOVE") && !able.contains("UIDPLUS") {
            return Err(self.unsupported(
                "MOVE (RFC 6851) and UIDPLUS (RFC 4315), so handled mail cannot be moved; \
                 set [imap] after_handling = \"leave\"",
            ));
        }
        Ok(())
    }

    fn unsupported(&self, what: &str) -> MailboxError {
        MailboxError::Unsupported { server: self.settings.peer.name(), what: what.to_owned() }
    }

    pub(super) async fn select_on(&self, link: &mut Link) -> Result<Selected, MailboxError> {
        let opened = Opening::by("SELECT", link, &self.settings.mailbox).await;
        let Opening { exists, uid_validity, uid_next, keywords } = match opened {
            Err(MailboxError::Folder { server, folder, words, .. }) => {
                let others = folders::names(link).await;
                return Err(MailboxError::Folder { server, folder, words, others });
            }
            opened => opened?,
        };
        // RFC 3501 §6.3.1: without it, the server has no lasting UIDs.
        let uid_validity = uid_validity.ok_or_else(|| self.unsupported("UIDVALIDITY for this mailbox"))?;
        if self.settings.after_handling == AfterHandling::Flag && !keywords {
            return Err(self.unsupported(
                "keywords of our own in this mailbox (PERMANENTFLAGS without \\*), so handled mail cannot be \
                 flagged; set [imap] after_handling = \"leave\" or \"move\"",
            ));
        }
        Ok(Selected { uid_validity, exists, uid_next })
    }
}

impl ContactMailbox for Imap {
    async fn select(&mut self) -> Result<Selected, MailboxError> {
        let open = match self.standing().await {
            None => self.connect().await?,
            // On a large folder a SELECT is dear, and mail that keeps coming shows that we are
            // where it comes.
            Some(open) if !open.is_doubtful => open,
            Some(mut open) => {
                open.selected = self.select_on(&mut open.link).await?;
                open.is_doubtful = false;
                open
            }
        };
        let selected = self.open.insert(open).selected;
        self.uid_validity = Some(selected.uid_validity);
        Ok(selected)
    }

    async fn survey(&mut self) -> Result<Survey, MailboxError> {
        let link = &mut self.open().await?.link;
        link.run("NOOP", |_| {}).await?;
        read::survey(link).await
    }

    async fn list(&mut self, after: u32) -> Result<Vec<Listed>, MailboxError> {
        let link = &mut self.open().await?.link;
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        // What was announced is there, and NOOP would only be another wait for the server.
        if link.was_announced() {
            let announced = above(link, first).await?;
            if !announced.is_empty() {
                return Ok(announced);
            }
        }
        // So that the server shows what arrived until now (RFC 3501 §6.1.2).
        link.run("NOOP", |_| {}).await?;
        above(link, first).await
    }

    async fn headers(&mut self, uids: &[u32], fields: &str) -> Result<Vec<Fetched>, MailboxError> {
        read::fields(&mut self.open().await?.link, uids, fields).await
    }

    async fn fetch(&mut self, mails: &[Listed]) -> Result<Vec<Fetched>, MailboxError> {
        let (max_bytes, reads) = (self.settings.max_bytes, self.settings.reads);
        let link = &mut self.open().await?.link;
        match read::mails(link, mails, reads, max_bytes).await {
            // To a FETCH of what has vanished the server may answer NO, until it has told us so
            // (RFC 2180 §4.1).
            Err(MailboxError::Refused { .. }) => {
                link.run("NOOP", |_| {}).await?;
                read::mails(link, mails, reads, max_bytes).await
            }
            fetched => fetched,
        }
    }

    async fn mark_handled(&mut self, uids: &[u32]) -> Result<(), MailboxError> {
        let after_handling = self.settings.after_handling.clone();
        if after_handling == AfterHandling::Leave {
            return Ok(());
        }
        let open = self.open().await?;
        for set in sets(uids) {
            match open.mark(&after_handling, &set).await {
                // Somebody may have taken one of them meanwhile. The server tells so, and then
                // passes over it.
                Err(MailboxError::Refused { .. }) => {
                    open.link.run("NOOP", |_| {}).await?;
                    open.mark(&after_handling, &set).await?;
                }
                marked => marked?,
            }
        }
        Ok(())
    }

    fn has_news(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.link.was_announced())
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), MailboxError> {
        let at_most = at_most.min(self.settings.waits.idle);
        let open = self.open().await?;
        if open.link.was_announced() {
            return Ok(());
        }
        if !open.able.contains("IDLE") {
            open.is_doubtful = true;
            tokio::time::sleep(at_most).await;
            return Ok(());
        }
        match tokio::time::timeout(at_most, open.link.idle()).await {
            Ok(announced) => announced,
            Err(_) => {
                open.is_doubtful = true;
                Ok(())
            }
        }
    }
}

/// The first mails from this UID on.
pub(super) async fn above(link: &mut Link, first: u32) -> Result<Vec<Listed>, MailboxError> {
    link.forget_announced();
    // `n:*` names the last mail even where its UID is below n (RFC 3501 §6.4.8).
    let mut all = read::sizes(link, &format!("{first}:*"), LISTED).await?;
    all.retain(|uid, _| *uid >= first);
    Ok(all.into_values().collect())
}

pub(super) async fn capabilities(link: &mut Link) -> Result<BTreeSet<String>, MailboxError> {
    let mut able = BTreeSet::new();
    let add = |response: &Response<'_>| {
        if let Response::Capabilities(all) = response {
            able.extend(all.iter().map(|capability| match capability {
                Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
                Capability::Atom(name) => name.to_ascii_uppercase(),
            }));
        }
    };
    link.run("CAPABILITY", add).await?;
    Ok(able)
}

pub(super) fn missing(error: MailboxError, folder: &str) -> MailboxError {
    match error {
        MailboxError::Refused { server, words, .. } if !is_temporary(&words) => {
            MailboxError::Folder { server, folder: folder.to_owned(), words, others: Vec::new() }
        }
        other => other,
    }
}

/// RFC 5530 §3, codes of a trouble that passes.
pub(super) fn is_temporary(words: &str) -> bool {
    let words = words.to_ascii_uppercase();
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[OVERQUOTA]", "[EXPUNGEISSUED]"]
        .iter()
        .any(|code| words.starts_with(code))
}
