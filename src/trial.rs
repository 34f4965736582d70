//! Reading one mail in a process of its own, to see whether the process comes through.
//!
//! The daemon does so with a mail over which it may have ended. Nothing is changed or printed: the
//! process only fetches the mail and makes of it what it makes of every mail.

use crate::args;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{self, Trial};
use crate::mail::authentication::Trusted;
use crate::mailbox::{AfterHandling, ContactMailbox, Imap, ImapSettings, Listed};
use crate::program::input::Purpose;
use crate::program::record::Reading;
use crate::run::{self, Trouble};
use crate::wires::Wires;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// The process: fetches and reads one mail.
pub fn read(arguments: &args::TryMail) -> Result<(), Trouble> {
    die_first();
    let config = Config::load(&arguments.config.path).map_err(Trouble::Config)?;
    let others = config.imap.other_folders().find(|(folder, _)| *folder == arguments.folder);
    let purpose = others.map_or(Purpose::Contact, |(_, purpose)| purpose);
    let settings = Wires::of(&config, &Clock::real()).imap(&arguments.folder, purpose);
    let mut imap = Imap::new(ImapSettings { after_handling: AfterHandling::Leave, ..settings });
    let mails = run::runtime()?.block_on(async {
        match imap.select().await?.uid_validity == arguments.uid_validity {
            true => {
                let listed = imap.list(arguments.uid.saturating_sub(1)).await?;
                let it: Vec<Listed> = listed.into_iter().filter(|mail| mail.uid == arguments.uid).collect();
                imap.fetch(&it).await
            }
            // Another mail of the same number: nothing to try.
            false => Ok(Vec::new()),
        }
    })?;
    let trusted = Trusted::receiver(&config.imap.authserv_id);
    let read = move || mails.iter().for_each(|mail| drop(purpose.read(&mail.bytes, mail.complete, &trusted)));
    let refused = |source| Trouble::System { what: "a thread", source };
    let reader = std::thread::Builder::new().stack_size(daemon::STACK).spawn(read).map_err(refused)?;
    // A panic is caught where the daemon reads; only an end of the process counts.
    let _ = reader.join();
    Ok(())
}

/// Where memory is short, the system is to end this process, not the daemon.
fn die_first() {
    // Where the system knows no such file, it decides by itself.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// How the daemon has it done, by the configuration at `path`.
pub fn by_another_process(path: &Path) -> Trial {
    let path = path.to_owned();
    Box::new(move |reading, uid| {
        let command = command(&path, reading, uid);
        Box::pin(async move {
            // A process that could not be started has shown nothing.
            tokio::task::spawn_blocking(command).await.is_ok_and(|ended| ended.is_none_or(came_through))
        })
    })
}

fn command(path: &Path, reading: &Reading, uid: u32) -> impl FnOnce() -> Option<ExitStatus> + use<> {
    let (path, folder): (PathBuf, String) = (path.to_owned(), reading.folder.clone());
    let numbers = [uid.to_string(), reading.uid_validity.to_string()];
    move || {
        // Ourselves, even where an upgrade has put another file into our place.
        let mut command = Command::new("/proc/self/exe");
        command.arg("try-mail").arg("--config").arg(path).arg("--folder").arg(folder);
        command.arg("--uid").arg(&numbers[0]).arg("--uid-validity").arg(&numbers[1]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()
    }
}

/// Ended by a signal, it has not. An error of the world (the server is away) shows nothing.
fn came_through(ended: ExitStatus) -> bool {
    ended.code().is_some()
}
