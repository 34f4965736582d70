//! Whether an address should be given up, by a server's status code and its words.

use regex::RegexSet;
use std::sync::LazyLock;

/// Only so much of what a server said is read.
const READ: usize = 4_000;

fn set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns.iter().map(|p| format!("(?i){p}")))
        .expect("the patterns are constants that the tests compile")
}

/// Words that say nothing of the address: it is full, or this mail or its sender is
/// refused, or the world is out of order.
static ALIVE: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?:mailbox|quota|inbox|storage|maildir|disk|account)\b.{0,30}\b(?:full|exceed|over|limit|quota)",
        r"over ?quota|quota exceeded|exceeds? .{0,20}(?:quota|limit|size)|too (?:big|large)",
        r"insufficient (?:system )?storage|not enough (?:disk )?space|out of space",
        r"spam|virus|junk|black ?list|block(?:ed|list)|\brbl\b|reputation|\bspf\b|dkim|dmarc|reverse dns|ptr record|policy|content|malware|phish",
        r"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited)|we do not relay",
        r"sender (?:address )?(?:rejected|verify|denied|domain)|domain of sender|not (?:authorized|allowed|permitted)|access denied|permission",
        r"timed? ?out|connection (?:refused|lost|reset)|try again later|not found, try again|temporar|retry time|loop|too many|greylist|rate limit|expired|deferred",
    ])
});

/// Words that say that there is nobody: no such user, no such host, moved, closed.
static DEAD: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?:user|recipient|mailbox|address|account|addressee|alias|customer|local part)s?\b.{0,60}\b(?:unknown|not (?:found|exist|known|listed|valid|active|available)|does ?n[o']t exist|doesn.t have|disabled|unavailable|inactive|suspended|deactivated|discontinued|no longer|invalid|unrouteable|closed|removed)",
        r"(?:unknown|invalid|no such|non-?existent|undefined|bad|incorrect|unrouteable|not a valid|nonexistent) (?:or \w+ )?(?:local |virtual |email |e-mail |destination )?(?:user|recipient|mailbox|address|account|alias|person|local-?part)",
        r"no mailbox|no such|not our customer|has moved|has been moved|user (?:has )?moved|no account|this account .{0,30}not|there is no .{0,20}(?:user|one)|not listed in|not exist|does ?n[o']t have an? .{0,30}account",
        r"host (?:or domain name )?(?:\S+ )?(?:unknown|not found)|unknown host|no such (?:host|domain)|domain (?:name )?(?:not found|does not exist|unknown|is not reachable)|could ?n[o']t find any host|nxdomain",
        r"unrouteable (?:mail )?domain|all relevant mx records|name service error|null ?mx|does not accept mail|unable to lookup|no mx|no mail exchanger|couldn't find a mail exchanger|indicated no smtp service",
        r"wasn['’]t found at|could(?:n['’]t| not) be found|n['’]a pas été trouvée?|wurde nicht gefunden|no se (?:ha )?encontr|non è stato trovato",
        // Exchange Online says so of unknown users, to give spammers no list of the known ones.
        r"5\.4\.1 .{0,120}recipient address rejected: access denied",
        r"recipient address rejected\.?$",
    ])
});

/// Whether the address is dead: it does not exist, or no longer. A full mailbox, a
/// refusal of this mail or of us, a time-out: all say nothing of the address.
pub(super) fn is_dead(status: Option<&str>, said: &str) -> bool {
    let said: String = said.chars().take(READ).collect();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let (alive, dead) = (ALIVE.is_match(&said), DEAD.is_match(&said));
    let exchange = DEAD.matches(&said).matched(6);
    match status.unwrap_or("5") {
        // RFC 3463 §2: only class 5 is permanent.
        s if !s.starts_with('5') => false,
        // RFC 3463 §3.2 and RFC 7505: mailbox, system, syntax, moved, null MX.
        "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" => !full(&said) && (dead || !alive),
        // The sender's address is at fault, or the mailbox is full, or the mail too big.
        "5.1.7" | "5.1.8" | "5.2.2" | "5.2.3" | "5.3.4" => false,
        _ => exchange || (dead && !alive),
    }
}

fn full(said: &str) -> bool {
    ALIVE.matches(said).iter().any(|pattern| pattern <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_given_up_only_when_nobody_is_there() {
        for (status, said) in [
            ("5.1.1", "550 5.1.1 user unknown"),
            ("5.1.1", ""),
            ("5.0.0", "550 <amina@campus.example>: mailbox not found"),
            ("5.4.4", "Host or domain name not found"),
            ("5.1.10", "RecipientNotFound; Recipient not found by SMTP address lookup"),
            ("5", "an MX or SRV record indicated no SMTP service"),
        ] {
            assert!(is_dead(Some(status), said), "{status} {said}");
        }
        for (status, said) in [
            ("4.1.1", "user unknown"),
            ("5.2.2", "mailbox full"),
            ("5.1.1", "552 mailbox is over quota"),
            ("5.7.1", "message rejected as spam"),
            ("5.1.8", "domain of sender address does not exist"),
            ("5.3.4", "message too big"),
            ("5", "connection timed out"),
        ] {
            assert!(!is_dead(Some(status), said), "{status} {said}");
        }
    }
}
