//! The test letters on their way out, and what the server said to them.

use super::outbox;
use crate::clock::Clock;
use crate::config::Config;
use crate::exit::Exit;
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::delivery::Outcome;
use crate::mail::test_letter::TestLetter;
use crate::program::record::Timestamp;
use crate::submission::{MailObject, Smtp, Submission};
use tokio::time::Instant;

/// The letters, and what the server said to them.
pub struct Trial {
    /// To the plain address; the last one counts where the first was refused.
    pub direct: Vec<Offer>,
    /// To an address with a detail; None where the network has none.
    pub detailed: Option<Offer>,
}

/// One letter, offered once.
pub struct Offer {
    pub code: String,
    pub reverse_path: AddrSpec,
    /// Why it was not taken.
    pub refused: Option<(Exit, String)>,
    pub at: Timestamp,
    /// The same moment, for what is measured.
    pub since: Instant,
}

impl Trial {
    /// Offers them all. A refused detail in the reverse-path costs one letter more, without it.
    pub async fn sent(config: &Config, smtp: &Smtp) -> Self {
        let (contact, separator) = (&config.network.address, config.network.subaddress.as_str());
        let detail = |code: &str| match separator {
            "" => contact.clone(),
            _ => contact.with_detail(separator, code),
        };
        let code = code();
        let mut direct = vec![Offer::made(config, smtp, &code, contact, detail(&code)).await];
        if direct[0].refused.is_some() && direct[0].reverse_path != *contact {
            direct.push(Offer::made(config, smtp, &self::code(), contact, contact.clone()).await);
        }
        let code = self::code();
        let detailed = match separator {
            "" => None,
            _ => Some(Offer::made(config, smtp, &code, &detail(&code), contact.clone()).await),
        };
        Self { direct, detailed }
    }

    fn all(&self) -> impl Iterator<Item = &Offer> {
        self.direct.iter().chain(&self.detailed)
    }

    /// By which they are found.
    pub fn codes(&self) -> Vec<String> {
        self.all().map(|offer| offer.code.clone()).collect()
    }

    /// The codes of those that may come.
    pub fn accepted(&self) -> Vec<String> {
        self.all().filter(|offer| offer.refused.is_none()).map(|offer| offer.code.clone()).collect()
    }
}

impl Offer {
    async fn made(config: &Config, smtp: &Smtp, code: &str, to: &AddrSpec, reverse_path: AddrSpec) -> Self {
        let (at, since) = (Clock::real().wall(), Instant::now());
        let from = Mailbox::new(config.network.name.as_str(), config.network.address.clone());
        let letter = TestLetter { code: code.to_owned(), from, to: to.clone(), at };
        let content = letter.bytes();
        let object =
            MailObject { reverse_path: Some(&reverse_path), recipient: to, content: content.as_bytes() };
        let refused = match smtp.submit(object).await {
            // It may have arrived.
            Ok(Outcome::Accepted | Outcome::Uncertain(_)) => None,
            Ok(other) => Some((Exit::Unavailable, other.words().to_owned())),
            Err(error) => Some((outbox::exit(&error), error.to_string())),
        };
        Self { code: code.to_owned(), reverse_path, refused, at, since }
    }
}

/// No other letter has it.
fn code() -> String {
    let mut bytes = [0_u8; 6];
    // Without chance only two examinations at once would mistake each other's letters.
    let _ = getrandom::fill(&mut bytes);
    format!("doctor-{}", data_encoding::HEXLOWER.encode(&bytes))
}
