//! What systemd hears of the daemon, on a socket like its own (sd_notify(3)).

use crate::people::daemon::Choices;
use crate::servers::Brand;
use crate::{network, network_on};
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// Where systemd would listen.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
    _folder: TempDir,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(90))).expect("patience");
        Self { socket, path, _folder: folder }
    }

    fn choices(&self) -> Choices {
        Choices { notify: Some(self.path.clone()), ..Choices::default() }
    }

    /// The next thing it is told.
    fn hears(&self) -> String {
        let mut bytes = [0; 4096];
        let length = loop {
            match self.socket.recv(&mut bytes) {
                // A signal to this process, such as that a child has ended, is no answer.
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                said => break said.expect("nothing more was said"),
            }
        };
        String::from_utf8_lossy(&bytes[..length]).trim_end().to_owned()
    }

    /// All it is told until then, that included.
    fn hears_until(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            heard.push(self.hears());
            if heard.last().is_some_and(|last| wanted(last)) {
                return heard;
            }
        }
    }
}

#[test]
fn systemd_hears_that_it_is_ready_that_it_lives_how_it_stands_and_that_it_stops() {
    let manager = Manager::new();
    let network = network_on(Brand::chosen(), |_| manager.choices());
    let serving = network.installation.serve(&network.now());
    assert_eq!(manager.hears(), "READY=1");
    assert_eq!(manager.hears(), "WATCHDOG=1");
    // On the clock of the network, whose morning it is.
    assert_eq!(manager.hears(), "STATUS=last read 09:00, 0 letters waiting");
    manager.hears_until(|heard| heard == "WATCHDOG=1");
    assert_eq!(serving.terminate().code, Some(0));
    let heard = manager.hears_until(|heard| heard == "STOPPING=1");
    assert!(heard.iter().all(|heard| heard != "READY=1"), "{heard:?}");
}

#[test]
fn it_is_ready_and_lives_where_the_provider_is_away() {
    let manager = Manager::new();
    let mut network = network_on(Brand::Dovecot, |_| manager.choices());
    network.servers.stop_imap();
    let mut serving = network.installation.serve(&network.now());
    let heard = manager.hears_until(|heard| heard.starts_with("STATUS="));
    assert_eq!(heard, ["READY=1", "WATCHDOG=1", "STATUS=mailbox not reached yet, 0 letters waiting"]);
    serving.wait_for("mailbox unreachable", 1);
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn without_a_service_manager_nothing_is_said_of_it() {
    let network = network();
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for("started", 1);
    let ran = serving.terminate();
    assert_eq!((ran.code, ran.lines("service manager not told").len()), (Some(0), 0), "{}", ran.stderr);
}
