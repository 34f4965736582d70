//! What became of a reverse-path with a detail, and what `return_path` should be.

use super::report::{Health, Line};
use super::search::Found;
use super::trial::Offer;
use crate::config::ReturnPath;
use crate::exit::Exit;

/// Its line is about this.
pub const RETURN_PATH: &str = "return path";

/// What became of a reverse-path with a detail.
#[derive(Debug, PartialEq, Eq)]
pub enum PathSeen {
    Refused(String),
    Kept,
    Rewritten(String),
    /// The letter came, and the receiver has not written it down.
    Unknown,
    /// The letter did not come.
    Nothing,
}

impl PathSeen {
    pub fn of(offer: &Offer, found: Option<&Found>) -> Self {
        match (&offer.refused, found.map(|found| found.arrived.return_path.as_deref())) {
            (Some((_, words)), _) => PathSeen::Refused(words.clone()),
            (None, None) => PathSeen::Nothing,
            (None, Some(None)) => PathSeen::Unknown,
            (None, Some(Some(path))) if path.eq_ignore_ascii_case(offer.reverse_path.as_str()) => {
                PathSeen::Kept
            }
            (None, Some(Some(path))) => PathSeen::Rewritten(path.to_owned()),
        }
    }

    /// `arrives`: mail for an address with a detail is delivered, and so would reports be.
    pub fn line(self, configured: ReturnPath, arrives: bool) -> Line {
        let line = |health, said: String, remedy: Option<&str>| Line {
            what: RETURN_PATH,
            health,
            said,
            remedy: remedy.map(str::to_owned),
        };
        let plain = Some("set [network] return_path = \"plain\"");
        match (self, configured) {
            (PathSeen::Kept, ReturnPath::Detail) if arrives => {
                line(Health::Ok, "a detail is kept".to_owned(), None)
            }
            (PathSeen::Kept, ReturnPath::Plain) if arrives => {
                let remedy =
                    "[network] return_path = \"detail\" works here: reports then find their letter by it";
                line(Health::Ok, "a detail is kept".to_owned(), Some(remedy))
            }
            (PathSeen::Kept, ReturnPath::Detail) => {
                let said =
                    "a detail is kept, and mail for such an address does not arrive, so no report would";
                line(Health::Fault(Exit::Config), said.to_owned(), plain)
            }
            (PathSeen::Refused(words), ReturnPath::Detail) => {
                line(Health::Fault(Exit::Config), format!("a detail is refused ({words})"), plain)
            }
            (PathSeen::Nothing, ReturnPath::Detail) => line(
                Health::Fault(Exit::Config),
                "a letter with a detail in it does not arrive".to_owned(),
                plain,
            ),
            (PathSeen::Rewritten(path), ReturnPath::Detail) => {
                line(Health::Warning, format!("the server makes it <{path}>"), plain)
            }
            (PathSeen::Unknown, ReturnPath::Detail) => {
                line(Health::Warning, "whether a detail is kept cannot be seen here".to_owned(), plain)
            }
            (PathSeen::Refused(words), ReturnPath::Plain) => {
                line(Health::Ok, format!("\"plain\" is right: a detail is refused ({words})"), None)
            }
            (PathSeen::Rewritten(path), ReturnPath::Plain) => {
                line(Health::Ok, format!("\"plain\" is right: the server makes a detail <{path}>"), None)
            }
            (PathSeen::Kept | PathSeen::Unknown | PathSeen::Nothing, ReturnPath::Plain) => {
                line(Health::Ok, "\"plain\" is right: it works everywhere".to_owned(), None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_in_the_return_path_is_recommended_only_where_it_is_kept_and_arrives() {
        let health = |path, configured, arrives| {
            let line = PathSeen::line(path, configured, arrives);
            (line.health, line.remedy.unwrap_or_default().contains("\"detail\" works"))
        };
        let fault = Health::Fault(Exit::Config);
        let refused = || PathSeen::Refused("553 5.7.1 not yours".to_owned());
        let rewritten = || PathSeen::Rewritten("contact@network.example".to_owned());
        for (path, configured, arrives, expected) in [
            (PathSeen::Kept, ReturnPath::Plain, true, (Health::Ok, true)),
            (PathSeen::Kept, ReturnPath::Plain, false, (Health::Ok, false)),
            (refused(), ReturnPath::Plain, true, (Health::Ok, false)),
            (rewritten(), ReturnPath::Plain, true, (Health::Ok, false)),
            (PathSeen::Kept, ReturnPath::Detail, true, (Health::Ok, false)),
            (PathSeen::Kept, ReturnPath::Detail, false, (fault, false)),
            (refused(), ReturnPath::Detail, true, (fault, false)),
            (PathSeen::Nothing, ReturnPath::Detail, true, (fault, false)),
            (rewritten(), ReturnPath::Detail, true, (Health::Warning, false)),
            (PathSeen::Unknown, ReturnPath::Detail, true, (Health::Warning, false)),
        ] {
            let said = format!("{path:?} {configured:?} {arrives}");
            assert_eq!(health(path, configured, arrives), expected, "{said}");
        }
    }
}
