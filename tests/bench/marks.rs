//! What it costs to put handled mail away, alone: our own client, in the sets that it makes.

use super::place::Place;
use super::sink::now;
use crate::servers::PASSWORD;
use soundingboard::mailbox::{
    AfterHandling, Authentication, ContactMailbox, Imap, ImapSettings, Reads, Waits,
};
use soundingboard::tls::{Peer, Security};
use std::time::Duration;

/// As the daemon does.
const SET: usize = 1000;

/// For one mail, of so many in the mailbox.
pub fn of_one(place: &Place, user: &str, count: usize) -> Duration {
    place.fill(user, count, |n| format!("Subject: {n}\r\n\r\nHandled.\r\n").into_bytes());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut imap = Imap::new(settings(place, user));
    let time = runtime.block_on(async {
        imap.select().await.expect("a mailbox");
        let listed = imap.list(0).await.expect("a list");
        let uids: Vec<u32> = listed.iter().map(|mail| mail.uid).collect();
        let begin = now();
        for set in uids.chunks(SET) {
            imap.mark_handled(set).await.expect("a mark");
        }
        begin.elapsed()
    });
    place.clear(user);
    time / u32::try_from(count.max(1)).expect("fewer mails")
}

fn settings(place: &Place, user: &str) -> ImapSettings {
    ImapSettings {
        peer: Peer {
            table: "imap",
            host: "127.0.0.1".to_owned(),
            port: place.servers.imap_port(),
            security: Security::None,
            ca_file: None,
        },
        user: user.to_owned(),
        authentication: Authentication::Password(PASSWORD.to_owned()),
        mailbox: "INBOX".to_owned(),
        reads: Reads::Whole,
        after_handling: AfterHandling::Move("Handled".to_owned()),
        max_bytes: 10 * 1024 * 1024,
        waits: Waits::default(),
    }
}
