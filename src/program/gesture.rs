//! Reactions: what a mail program sends when somebody clicks on a smiling face under a letter.

use super::words::fold;

/// How mail programs word it, folded. Gmail sends a mail of its own for programs that show no
/// reactions; Outlook sends one to people of other organisations.
const SAID: &[&str] = &[
    "reacted via gmail",
    "reacted to your message",
    "liked your message",
    "a reagi via gmail",
    "a reagi a votre message",
    "hat uber gmail reagiert",
    "hat auf ihre nachricht reagiert",
];

/// Whether a text is nothing but the note of a reaction.
pub fn is_reaction(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| line.chars().any(char::is_alphanumeric));
    let first = lines.next().map(fold).unwrap_or_default();
    lines.next().is_none() && SAID.iter().any(|said| first.contains(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_one_line_of_a_mail_program() {
        assert!(is_reaction("👍\n\nAmina Haddad reacted via Gmail"));
        assert!(is_reaction("❤️ Amina Haddad reacted to your message:"));
        assert!(!is_reaction("Leila reacted to your message so kindly.\nShall we meet?"));
        assert!(!is_reaction("I accept"));
    }
}
