//! Address fields (RFC 5322 §3.4, RFC 6532) as people's programs write them → mailboxes.

use super::address::{AddrSpec, Mailbox};
use super::encoded_word;

/// More than any letter is sent to.
const MOST: usize = 200_000;

/// All mailboxes of an unfolded value, those of groups among them. What names nobody is left out.
pub(super) fn read(value: &str) -> Vec<Mailbox> {
    let found = list(value);
    // Some programs encode the whole field, address and all.
    let decoded =
        if found.is_empty() && value.contains("=?") { encoded_word::decode(value) } else { return found };
    list(&decoded)
}

fn list(value: &str) -> Vec<Mailbox> {
    let mut out = Vec::new();
    // `Haddad, Amina <a@…>` without quotes: what has no address belongs to the next name.
    let mut before = String::new();
    for item in items(value).take(MOST) {
        if !item.contains('@') {
            before = if item.trim().is_empty() { String::new() } else { format!("{}, ", item.trim()) };
            continue;
        }
        out.extend(mailbox(item, &std::mem::take(&mut before)));
    }
    out
}

/// Splits at commas, at the semicolons some programs write, and after the name of a group;
/// not in quotes, brackets and comments.
fn items(value: &str) -> impl Iterator<Item = &str> {
    let last = |c| value.rfind(c).unwrap_or(0);
    let (last_quote, last_bracket, last_comment) = (last('"'), last('>'), last(')'));
    let mut state = Inside { quotes: false, brackets: false, comments: 0, escaped: false };
    value
        .split_inclusive({
            let mut at = 0;
            move |c: char| {
                let here = at;
                at += c.len_utf8();
                let open = state.step(c, [here < last_quote, here < last_bracket, here < last_comment]);
                !open && matches!(c, ',' | ';' | ':')
            }
        })
        .map(|item| item.trim_end_matches([',', ';']))
        .filter(|item| !item.trim_end().ends_with(':') || item.contains('@'))
}

/// Where in the grammar a character stands.
struct Inside {
    quotes: bool,
    brackets: bool,
    comments: usize,
    escaped: bool,
}

impl Inside {
    /// Takes one character; whether it stands inside something. `closes_later` says of a
    /// quote, a bracket and a parenthesis whether another end follows: one that is never
    /// closed opens nothing.
    fn step(&mut self, c: char, closes_later: [bool; 3]) -> bool {
        let before = self.quotes || self.brackets || self.comments > 0;
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = before,
            '"' if self.comments == 0 => self.quotes = !self.quotes && closes_later[0],
            _ if self.quotes => {}
            '(' if closes_later[2] => self.comments += 1,
            ')' => self.comments = self.comments.saturating_sub(1),
            '<' if self.comments == 0 => self.brackets = closes_later[1],
            '>' if self.comments == 0 => self.brackets = false,
            _ => {}
        }
        before || self.quotes || self.brackets || self.comments > 0
    }
}

fn mailbox(item: &str, before: &str) -> Option<Mailbox> {
    let (plain, comment) = without_comments(item);
    let (name, address) = name_and_address(&plain);
    let address = addr_spec(&address)?;
    let name = shown(&format!("{before}{name}"));
    let name = if name.is_empty() { shown(&comment) } else { name };
    Some(Mailbox::new(name, address))
}

/// Takes out comments; the last one is often the name (RFC 822 wrote `a@… (Amina)`).
fn without_comments(item: &str) -> (String, String) {
    let (mut plain, mut comment) = (String::with_capacity(item.len()), String::new());
    let closes = item.rfind(')').unwrap_or(0);
    let mut state = Inside { quotes: false, brackets: true, comments: 0, escaped: false };
    for (at, c) in item.char_indices() {
        let depth = state.comments;
        state.step(c, [true, false, at < closes]);
        match (depth, state.comments) {
            (0, 0) => plain.push(c),
            (0, _) => comment.clear(),
            (1, 0) => {}
            _ => comment.push(c),
        }
    }
    (plain, comment)
}

/// `Name <address>`, or the word that has an `@` and the others.
fn name_and_address(item: &str) -> (String, String) {
    let mut state = Inside { quotes: false, brackets: false, comments: 0, escaped: false };
    let closes = item.rfind('"').unwrap_or(0);
    let open = item.char_indices().find(|(at, c)| {
        let quoted = state.quotes;
        state.step(*c, [*at < closes, false, false]);
        *c == '<' && !quoted
    });
    if let Some((at, _)) = open {
        let inner = item[at..].trim_start_matches(['<', ' ']);
        let inner = inner.split('>').next().unwrap_or(inner);
        if inner.contains('@') {
            return (item[..at].to_owned(), inner.to_owned());
        }
    }
    bare(item)
}

fn bare(item: &str) -> (String, String) {
    let item = item.trim().trim_matches(['<', '>']);
    // `"amina haddad"@campus.example`: the quoted part is the address's.
    if item.starts_with('"') && item.matches('@').count() == 1 && item.contains("\"@") {
        return (String::new(), item.to_owned());
    }
    let words = || item.split_whitespace();
    let Some(address) = words().rfind(|w| AddrSpec::parse(w.trim_matches(AROUND)).is_ok()) else {
        // `amina @ campus.example`
        return (String::new(), item.split_whitespace().collect());
    };
    let name: Vec<&str> = words().filter(|w| *w != address).collect();
    (name.join(" "), address.to_owned())
}

/// What stands around an address by mistake.
const AROUND: [char; 9] = ['<', '>', '\'', '"', ',', ';', '[', ']', ' '];

/// One address, without what programs put around it.
fn addr_spec(text: &str) -> Option<AddrSpec> {
    let text = if text.contains("=?") { encoded_word::decode(text) } else { text.to_owned() };
    let text = text.trim();
    // RFC 5322 §4.4: a route stands before the address, and is ignored.
    let text =
        if text.starts_with('@') { text.split_once(':').map_or(text, |(_, address)| address) } else { text };
    let text = text.strip_prefix("mailto:").or(text.strip_prefix("MAILTO:")).unwrap_or(text);
    let text = text.split('?').next().filter(|_| text.contains("?subject=")).unwrap_or(text);
    let (local, domain) = text.rsplit_once('@')?;
    let local = local.trim().trim_start_matches(AROUND);
    let domain = domain.trim().trim_end_matches(AROUND).trim_end_matches('.');
    // `"amina.h"@…` is the same address as without the quotes (RFC 5321 §4.1.2).
    let local = local.strip_suffix(['"', '\'']).unwrap_or(local);
    AddrSpec::parse(&format!("{local}@{domain}")).ok()
}

/// A display name as it is shown: without quotes and escapes, encoded words decoded.
fn shown(name: &str) -> String {
    let name = name.trim();
    let mut plain = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {}
            '\\' => plain.extend(chars.next()),
            c => plain.push(c),
        }
    }
    let decoded = encoded_word::decode(&plain);
    let words: Vec<&str> =
        decoded.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let name = words.join(" ");
    // Outlook writes 'Amina Haddad' for people it does not know.
    let inner = name.strip_prefix('\'').and_then(|n| n.strip_suffix('\'')).unwrap_or(&name);
    inner.trim_matches([',', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &str) -> (String, String) {
        let all = read(value);
        assert_eq!(all.len(), 1, "{value}: {all:?}");
        (all[0].name.clone().unwrap_or_default(), all[0].address.to_string())
    }

    #[test]
    fn a_sender_is_found_however_the_field_is_written() {
        for value in [
            "Amina Haddad <amina@campus.example>",
            "\"Amina Haddad\" <amina@campus.example>",
            "amina@campus.example (Amina Haddad)",
            "'Amina Haddad' <'amina@campus.example'>",
            "Amina Haddad <mailto:amina@campus.example>",
            "Amina Haddad <<amina@campus.example>>",
            "Amina Haddad <amina@campus.example",
            "Amina Haddad amina@campus.example>",
            "Amina Haddad amina@campus.example",
            "Amina Haddad < amina@campus.example. >",
            "Amina Haddad <@relay.example,@other.example:amina@campus.example>",
            "Amina Haddad <\"amina\"@campus.example>",
            "Amina Haddad <amina(library)@campus.example(Beirut)>",
            "=?utf-8?Q?Amina_Haddad?= <amina@campus.example>",
            "\"=?utf-8?Q?Amina_Haddad?=\" <amina@campus.example>",
            "=?utf-8?Q?Amina_Haddad_=3Camina=40campus=2Eexample=3E?=",
            "Librarians: Amina Haddad <amina@campus.example>;",
            "undisclosed: ;, Amina Haddad <amina@campus.example>",
        ] {
            assert_eq!(one(value), ("Amina Haddad".into(), "amina@campus.example".into()), "{value}");
        }
    }

    #[test]
    fn commas_in_names_make_no_further_people() {
        let wanted = ("Haddad, Amina".to_owned(), "amina@campus.example".to_owned());
        for value in [
            "\"Haddad, Amina\" <amina@campus.example>",
            "Haddad, Amina <amina@campus.example>",
            "=?utf-8?Q?Haddad=2C_Amina?= <amina@campus.example>",
        ] {
            assert_eq!(one(value), wanted, "{value}");
        }
    }

    #[test]
    fn a_name_is_never_taken_for_the_address() {
        for value in [
            "\"boss@campus.example\" <amina@evil.example>",
            "boss@campus.example <amina@evil.example>",
            "\"boss@campus.example, <boss@campus.example>\" <amina@evil.example>",
            "(boss@campus.example) amina@evil.example",
            "=?utf-8?Q?boss=40campus=2Eexample=2C?= <amina@evil.example>",
        ] {
            assert_eq!(one(value).1, "amina@evil.example", "{value}");
        }
    }

    #[test]
    fn lists_and_odd_but_real_addresses_are_read() {
        let all = |value: &str| read(value).iter().map(|m| m.address.to_string()).collect::<Vec<_>>();
        assert_eq!(
            all("a@x.example, B <b@x.example>; c@x.example"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
        assert_eq!(
            all("G: a@x.example, b@x.example;, c@x.example"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
        assert_eq!(all("<a..b.@docomo.ne.jp>"), ["a..b.@docomo.ne.jp"]);
        assert_eq!(all("Amélie <amélie@bücher.example>"), ["amélie@bücher.example"]);
        assert_eq!(all("Niamh O'Brien <niamh.o'brien@x.example>"), ["niamh.o'brien@x.example"]);
        assert_eq!(all("nobody, at all, \"unclosed"), [""; 0]);
    }

    #[test]
    fn a_hundred_thousand_addresses_are_read_once_each() {
        assert_eq!(read(&"Amina <a@x.example>, ".repeat(100_000)).len(), 100_000);
        for part in ["<", "\"", "(", "a,", "@", "=?", "<a@b", "\"<(@"] {
            read(&part.repeat(100_000));
        }
    }
}
