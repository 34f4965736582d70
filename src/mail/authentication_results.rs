//! The field `Authentication-Results` (RFC 8601 §2.2) and what may be believed of it.
//!
//! A receiver repeats in it what the sender said: his envelope address, in comments and in
//! values, and not every receiver quotes it. So a pass counts only where nothing in the field
//! contradicts it; a failure counts always, since nobody invents one of his own.

use super::authentication::is_aligned;
use std::collections::BTreeMap;

/// Longer than any receiver writes one.
const LONGEST_FIELD: usize = 16 * 1024;

/// One field as understood; empty where it breaks the grammar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Field {
    /// None in the fields of Exchange Online, which writes none.
    pub authserv_id: Option<String>,
    pub results: Vec<Outcome>,
}

/// One `method=result` with its properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub method: String,
    pub result: String,
    /// `(ptype, property, value)`; what has no type has an empty one.
    properties: Vec<(String, String, String)>,
}

impl Outcome {
    /// The domain that a property names: `example.com`, `@example.com` and an address.
    fn property(&self, ptype: &str, names: &[&str]) -> Option<&str> {
        let named = |name: &&str| self.properties.iter().find(|(t, n, _)| t == ptype && n == *name);
        let (_, _, value) = names.iter().find_map(named)?;
        domain_in(value)
    }

    /// Whose policy a DMARC result is about; some receivers write `d=` without a type.
    pub(super) fn author(&self) -> Option<&str> {
        self.property("header", &["from"]).or_else(|| self.property("", &["d"]))
    }

    /// The domain that signed or sent. HELO is the server's, not the author's.
    pub(super) fn identity(&self) -> Option<&str> {
        match self.method.as_str() {
            "dkim" => self.property("header", &["d", "i"]),
            "spf" => self.property("smtp", SENDERS),
            _ => None,
        }
    }

    /// Whether something in it speaks against it: two values of one property, another domain than
    /// the one it is about, a result that is no word. The sender may then have written the rest.
    fn is_contradicted(&self) -> bool {
        if !self.result.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return true;
        }
        if !matches!(self.method.as_str(), "dkim" | "spf" | "dmarc") {
            return false;
        }
        let mut values = BTreeMap::new();
        let twice = self.properties.iter().any(|(t, n, v)| *values.entry((t, n)).or_insert(v) != v);
        let mut named = self.properties.iter().filter_map(named_domain);
        let first = named.next().unwrap_or_default();
        twice || named.any(|other| !is_aligned(other, first))
    }

    fn is_of_exchange(&self) -> bool {
        self.method == "compauth"
            || (self.method == "dmarc" && self.properties.iter().any(|(_, n, _)| n == "action"))
    }

    /// A soft failure is the domain's own doubt, and what every forwarding brings.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.result.as_str(), "fail" | "hardfail")
    }
}

/// `mail`, `mfrom` and `envelope-from` are older names of `mailfrom` (RFC 5451).
const SENDERS: &[&str] = &["mailfrom", "mail", "mfrom", "envelope-from"];

fn domain_in(value: &str) -> Option<&str> {
    let domain = value.rsplit_once('@').map_or(value, |(_, domain)| domain);
    Some(domain.trim_matches(['<', '>', '.'])).filter(|d| !d.is_empty())
}

/// The domain that a property is about: that of an author, a signer, a sender, of any address.
fn named_domain((ptype, name, value): &(String, String, String)) -> Option<&str> {
    let is_name = match ptype.as_str() {
        "header" => matches!(name.as_str(), "from" | "d" | "i"),
        "smtp" => SENDERS.contains(&name.as_str()),
        _ => false,
    };
    domain_in(value).filter(|_| is_name || value.contains('@'))
}

/// Whether one of the results contradicts itself, or two about DMARC each other.
fn is_contradicted(results: &[Outcome]) -> bool {
    let dmarc = || results.iter().filter(|outcome| outcome.method == "dmarc");
    let differ = dmarc().zip(dmarc().skip(1)).any(|(one, other)| one.result != other.result);
    differ || results.iter().any(Outcome::is_contradicted)
}

impl Field {
    pub(super) fn is_by(&self, id: &str) -> bool {
        self.authserv_id.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(id))
    }

    pub(super) fn parse(value: &str) -> Self {
        if value.len() > LONGEST_FIELD {
            return Self::default();
        }
        let mut field = Self::of(value).unwrap_or_else(|| Self::failures_of(value));
        if comments_break_quotes(value) || is_contradicted(&field.results) {
            field.results.retain(|outcome| outcome.result != "pass");
        }
        field
    }

    /// What is left of a field that breaks the grammar.
    fn failures_of(value: &str) -> Self {
        let mut parts = value.split(';');
        let authserv_id = parts.next().and_then(Self::of).and_then(|field| field.authserv_id);
        let sound = parts.filter_map(|part| outcomes(sections(part)?.into_iter()));
        let results: Vec<Outcome> =
            sound.flatten().filter(|o| o.method == "dmarc" && o.has_failed()).collect();
        Self { results: if authserv_id.is_some() { results } else { Vec::new() }, authserv_id }
    }

    /// RFC 8601 §2.2; None where the value breaks it.
    fn of(value: &str) -> Option<Self> {
        let mut parts = sections(value)?.into_iter();
        let first = parts.next()?;
        let rest = parts.filter(|p| !p.is_empty());
        if first.contains(&Piece::Equals) {
            let all = outcomes(std::iter::once(first).chain(rest));
            // Exchange Online writes no authserv-id; its composite result gives it away, or what
            // it did about DMARC.
            let results = all.filter(|r| r.iter().any(Outcome::is_of_exchange))?;
            return Some(Self { authserv_id: None, results });
        }
        let authserv_id = match first.as_slice() {
            [Piece::Text(id)] => id.clone(),
            // RFC 8601 §2.2: a version that is not known must be ignored.
            [Piece::Text(id), Piece::Text(version)] if version == "1" => id.clone(),
            _ => return None,
        };
        let rest: Vec<Vec<Piece>> = rest.collect();
        let none = matches!(rest.as_slice(), [only] if matches!(only.as_slice(), [Piece::Text(t)] if t.eq_ignore_ascii_case("none")));
        let results = if none { Vec::new() } else { outcomes(rest.into_iter())? };
        Some(Self { authserv_id: Some(authserv_id), results })
    }
}

/// A piece of a section; comments are gone.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Equals,
}

/// The sections between semicolons, comments (RFC 5322 §3.2.2) left out. None where a
/// comment or a quoted string is not closed.
fn sections(value: &str) -> Option<Vec<Vec<Piece>>> {
    let mut all = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let section = all.last_mut()?;
        match c {
            '"' => word.get_or_insert_default().push_str(&quoted(&mut rest)?),
            '(' => {
                section.extend(word.take().map(Piece::Text));
                skip_comment(&mut rest)?;
            }
            ';' | '=' => {
                // Within a value a sign of equality is the value's: `header.b=aB3=`.
                let in_value = c == '=' && matches!(section.last(), Some(Piece::Equals)) && word.is_some();
                if in_value {
                    word.get_or_insert_default().push(c);
                    continue;
                }
                section.extend(word.take().map(Piece::Text));
                if c == '=' { section.push(Piece::Equals) } else { all.push(Vec::new()) }
            }
            c if c.is_whitespace() => section.extend(word.take().map(Piece::Text)),
            ')' => return None,
            c => word.get_or_insert_default().push(c),
        }
    }
    all.last_mut()?.extend(word.map(Piece::Text));
    Some(all)
}

fn quoted(rest: &mut std::str::Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(rest.next()?),
            c => text.push(c),
        }
    }
}

fn skip_comment(rest: &mut std::str::Chars<'_>) -> Option<()> {
    let mut depth = 1_u32;
    while depth > 0 {
        match rest.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => drop(rest.next()?),
            _ => (),
        }
    }
    Some(())
}

/// Whether a comment holds one half of a quoted string: a comment that repeats an address with
/// a quoted local part (RFC 5321 §4.1.2) was then closed by that address.
fn comments_break_quotes(value: &str) -> bool {
    let mut rest = value.chars();
    let mut broken = false;
    while let Some(c) = rest.next() {
        match c {
            '"' => drop(quoted(&mut rest)),
            '(' => {
                let comment = rest.as_str();
                skip_comment(&mut rest);
                let comment = &comment[..comment.len() - rest.as_str().len()];
                broken |= unescaped_quotes(comment) % 2 == 1;
            }
            _ => (),
        }
    }
    broken
}

fn unescaped_quotes(comment: &str) -> usize {
    let mut escaped = false;
    let is_quote = |c: char| {
        let counts = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        counts
    };
    comment.chars().map(is_quote).filter(|counts| *counts).count()
}

/// All sections; none of them if one breaks the grammar.
fn outcomes(sections: impl Iterator<Item = Vec<Piece>>) -> Option<Vec<Outcome>> {
    let all: Option<Vec<Vec<Outcome>>> = sections.map(|p| outcomes_in(&p)).collect();
    Some(all?.concat())
}

/// Methods that begin a result of their own where somebody left out the semicolon before it:
/// none of such a section's passes counts.
const METHODS: &[&str] = &["spf", "dkim", "dmarc", "arc", "compauth", "iprev", "auth"];

/// `dkim/1=pass reason="good" header.d=example.com`.
fn outcomes_in(section: &[Piece]) -> Option<Vec<Outcome>> {
    let mut all: Vec<Outcome> = Vec::new();
    for (name, value) in pairs(section)? {
        let (name, value) = (name.to_lowercase(), value.to_lowercase());
        match all.last_mut() {
            Some(outcome) if !METHODS.contains(&name.as_str()) => {
                let (ptype, name) = name.split_once('.').unwrap_or(("", &name));
                outcome.properties.push((ptype.to_owned(), name.to_owned(), value));
            }
            _ if value.is_empty() => return None,
            _ => {
                let method = name.split('/').next().unwrap_or_default().to_owned();
                all.push(Outcome { method, result: value, properties: Vec::new() });
            }
        }
    }
    // `a dkim=pass header.d=campus.example` may be the local part of the sender's address.
    if all.len() > 1 {
        all.iter_mut().filter(|o| o.result == "pass").for_each(|o| "none".clone_into(&mut o.result));
    }
    (!all.is_empty()).then_some(all)
}

/// `name=value`, with space and comments allowed around `=`, `.` and `/` (RFC 8601 §2.2).
fn pairs(section: &[Piece]) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut rest = section;
    while !rest.is_empty() {
        let at = rest.iter().position(|p| *p == Piece::Equals)?;
        let name: Vec<&str> = rest[..at].iter().map(text).collect::<Option<_>>()?;
        // `smtp.mailfrom=;` is what Exchange writes of a null reverse-path.
        let value = match rest.get(at + 1) {
            None => "",
            Some(value) if rest.get(at + 2) != Some(&Piece::Equals) => text(value)?,
            Some(_) => return None,
        };
        pairs.push((joined(&name)?, value.to_owned()));
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    Some(pairs)
}

fn text(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Text(text) => Some(text),
        Piece::Equals => None,
    }
}

/// One name, whose dots and slashes may stand apart: two words side by side are none.
fn joined(words: &[&str]) -> Option<String> {
    let joins = |s: &str| s.ends_with(['.', '/']);
    let opens = |s: &str| s.starts_with(['.', '/']);
    let sound = words.windows(2).all(|pair| joins(pair[0]) || opens(pair[1]));
    (sound && !words.is_empty()).then(|| words.concat())
}
