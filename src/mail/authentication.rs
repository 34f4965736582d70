//! What a receiver's `Authentication-Results` (RFC 8601) say of the domain in From.
//!
//! The field is believed or not by who wrote it: anybody can put one into a mail, only our
//! own receiver puts one above it. A field that breaks the grammar says nothing at all,
//! because what was understood of it may have been written by the sender.

use super::address::AddrSpec;
use super::header::Header;
use super::inbound::Authentication;

/// Whose fields count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trusted {
    /// Nobody's: every mail is `none`.
    #[default]
    Nobody,
    /// Whoever wrote the topmost one: for reading files, where nobody knows the receiver.
    Topmost,
    /// These receivers', by their authserv-id: of each its topmost field, since further down
    /// stands what the mail brought along (RFC 8601 §5).
    Receivers(Vec<String>),
}

impl Trusted {
    /// As the configuration has it: `""` trusts nobody.
    pub fn receiver(authserv_id: &str) -> Self {
        match authserv_id.trim() {
            "" => Trusted::Nobody,
            id => Trusted::Receivers(vec![id.to_owned()]),
        }
    }

    fn chosen(&self, fields: Vec<Field>) -> Vec<Field> {
        match self {
            Trusted::Nobody => Vec::new(),
            Trusted::Topmost => fields.into_iter().take(1).collect(),
            Trusted::Receivers(ids) => {
                let topmost = |id: &String| fields.iter().find(|f| f.is_by(id)).cloned();
                ids.iter().filter_map(topmost).collect()
            }
        }
    }
}

/// The verdict on the one domain a mail claims to be from; several in From are never vouched for.
pub(super) fn judge(header: &Header, from: &[AddrSpec], trusted: &Trusted) -> Authentication {
    if *trusted == Trusted::Nobody {
        return Authentication::None;
    }
    let fields = header.all("authentication-results").map(Field::parse).collect();
    let results: Vec<Outcome> = trusted.chosen(fields).into_iter().flat_map(|f| f.results).collect();
    let Some(first) = from.first().map(AddrSpec::domain) else { return Authentication::None };
    let one_author = header.all("from").count() == 1 && from.iter().all(|a| a.domain() == first);
    match verdict(&results, &first) {
        Authentication::Pass if !one_author => Authentication::None,
        verdict => verdict,
    }
}

/// `pass` wants DMARC pass, or without a DMARC result DKIM or SPF pass aligned with From;
/// `fail` is dmarc=fail, or no DMARC result, something aligned failed and nothing passed.
fn verdict(results: &[Outcome], from: &str) -> Authentication {
    let dmarc = |said: &str| results.iter().any(|r| r.method == "dmarc" && r.result == said);
    let of_this_domain = |r: &Outcome| r.property("header", &["from"]).is_none_or(|d| is_aligned(d, from));
    let passes = |r: &Outcome| r.method == "dmarc" && r.result == "pass" && of_this_domain(r);
    if dmarc("fail") {
        return Authentication::Fail;
    }
    if results.iter().any(passes) {
        return Authentication::Pass;
    }
    if dmarc("pass") {
        return Authentication::None;
    }
    let aligned: Vec<&Outcome> =
        results.iter().filter(|r| r.identity().is_some_and(|d| is_aligned(d, from))).collect();
    if aligned.iter().any(|r| r.result == "pass") {
        Authentication::Pass
    } else if aligned.iter().any(|r| r.has_failed()) {
        Authentication::Fail
    } else {
        Authentication::None
    }
}

/// RFC 7489 §3.1, relaxed: the same domain, or one is a subdomain of the other. Without the list
/// of public suffixes two subdomains of one domain are not taken for the same.
fn is_aligned(domain: &str, from: &str) -> bool {
    let (long, short) = if domain.len() >= from.len() { (domain, from) } else { (from, domain) };
    let below = long.strip_suffix(short).is_some_and(|rest| rest.ends_with('.'));
    long == short || (below && short.contains('.'))
}

/// One field as understood; empty where it breaks the grammar.
#[derive(Clone, Debug, Default, PartialEq)]
struct Field {
    /// None in the fields of Exchange Online, which writes none.
    authserv_id: Option<String>,
    results: Vec<Outcome>,
}

/// One `method=result` with its properties.
#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    method: String,
    result: String,
    /// `(ptype, property, value)`
    properties: Vec<(String, String, String)>,
}

impl Outcome {
    /// The domain that a property names: `example.com`, `@example.com` and an address.
    fn property(&self, ptype: &str, names: &[&str]) -> Option<&str> {
        let named = |name: &&str| self.properties.iter().find(|(t, n, _)| t == ptype && n == *name);
        let (_, _, value) = names.iter().find_map(named)?;
        let domain = value.rsplit_once('@').map_or(value.as_str(), |(_, domain)| domain);
        Some(domain.trim_end_matches('.')).filter(|d| !d.is_empty())
    }

    /// The domain that signed or sent. HELO is the server's, not the author's.
    fn identity(&self) -> Option<&str> {
        match self.method.as_str() {
            "dkim" => self.property("header", &["d", "i"]),
            // `mail`, `mfrom` and `envelope-from` are older names (RFC 5451).
            "spf" => self.property("smtp", &["mailfrom", "mail", "mfrom", "envelope-from"]),
            _ => None,
        }
    }

    /// A soft failure is the domain's own doubt, and what every forwarding brings.
    fn has_failed(&self) -> bool {
        matches!(self.result.as_str(), "fail" | "hardfail")
    }
}

impl Field {
    fn is_by(&self, id: &str) -> bool {
        self.authserv_id.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(id))
    }

    fn parse(value: &str) -> Self {
        Self::of(value).unwrap_or_default()
    }

    /// RFC 8601 §2.2; None where the value breaks it.
    fn of(value: &str) -> Option<Self> {
        let mut parts = sections(value)?.into_iter();
        let first = parts.next()?;
        let rest = parts.filter(|p| !p.is_empty());
        if first.contains(&Piece::Equals) {
            let all: Option<Vec<Outcome>> = std::iter::once(first).chain(rest).map(|p| outcome(&p)).collect();
            // Exchange Online writes no authserv-id; its composite result gives it away.
            let results = all.filter(|r| r.iter().any(|r| r.method == "compauth"))?;
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
        let results =
            if none { Vec::new() } else { rest.iter().map(|p| outcome(p)).collect::<Option<_>>()? };
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

/// `dkim/1=pass reason="good" header.d=example.com`.
fn outcome(section: &[Piece]) -> Option<Outcome> {
    let pairs = pairs(section)?;
    let ((method, result), rest) = pairs.split_first()?;
    let method = method.split('/').next().unwrap_or_default();
    let property = |(name, value): &(String, String)| {
        let (ptype, name) = name.split_once('.')?;
        Some((ptype.to_lowercase(), name.to_lowercase(), value.to_lowercase()))
    };
    Some(Outcome {
        method: method.to_lowercase(),
        result: result.to_lowercase(),
        properties: rest.iter().filter_map(property).collect(),
    })
}

/// `name=value`, with space and comments allowed around `=`, `.` and `/` (RFC 8601 §2.2).
fn pairs(section: &[Piece]) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut rest = section;
    while !rest.is_empty() {
        let at = rest.iter().position(|p| *p == Piece::Equals)?;
        let name: Vec<&str> = rest[..at].iter().map(text).collect::<Option<_>>()?;
        let value = text(rest.get(at + 1)?)?;
        pairs.push((joined(&name)?, value.to_owned()));
        rest = &rest[at + 2..];
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

#[cfg(test)]
mod tests {
    use super::super::inbound::Inbound;
    use super::*;
    use Authentication::{Fail, None as Nothing, Pass};

    fn judged(fields: &[&str], trusted: &Trusted) -> Authentication {
        let fields: String = fields.iter().map(|f| format!("Authentication-Results: {f}\r\n")).collect();
        let mail = format!("{fields}From: Leila <leila@campus.example>\r\n\r\nYes.\r\n");
        Inbound::parse_trusting(mail.as_bytes(), true, trusted).authentication
    }

    fn topmost(field: &str) -> Authentication {
        judged(&[field], &Trusted::Topmost)
    }

    fn mx() -> Trusted {
        Trusted::receiver("mx.network.example")
    }

    #[test]
    fn dmarc_decides_where_it_gives_a_result() {
        for (field, verdict) in [
            ("mx; dmarc=pass header.from=campus.example", Pass),
            (
                "mx; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=campus.example; spf=fail smtp.mailfrom=campus.example",
                Pass,
            ),
            ("mx; dmarc=pass", Pass),
            ("mx; dmarc=fail header.from=campus.example; dkim=pass header.d=campus.example", Fail),
            ("mx; dmarc=pass header.from=evil.example", Nothing),
            ("mx; dmarc=none header.from=campus.example", Nothing),
            ("mx; dmarc=none header.from=campus.example; dkim=pass header.d=campus.example", Pass),
            (
                "mx; dmarc=temperror header.from=campus.example; spf=fail smtp.mailfrom=leila@campus.example",
                Fail,
            ),
        ] {
            assert_eq!(topmost(field), verdict, "{field}");
        }
    }

    #[test]
    fn without_dmarc_something_aligned_must_have_passed() {
        for (field, verdict) in [
            ("mx; dkim=pass header.d=campus.example", Pass),
            ("mx; dkim=pass header.i=@campus.example header.b=aB3/+=", Pass),
            ("mx; dkim=pass header.d=mail.campus.example", Pass),
            ("mx; dkim=pass header.d=evilcampus.example", Nothing),
            ("mx; dkim=pass header.d=example", Nothing),
            ("mx; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", Nothing),
            ("mx; dkim=pass", Nothing),
            ("mx; spf=pass smtp.mailfrom=leila@campus.example", Pass),
            ("mx; spf=pass smtp.mailfrom=\"a; b\"@campus.example", Pass),
            ("mx; spf=pass smtp.helo=campus.example", Nothing),
            ("mx; spf=softfail smtp.mailfrom=campus.example", Nothing),
            ("mx; spf=fail smtp.mailfrom=campus.example", Fail),
            ("mx; spf=fail smtp.mailfrom=campus.example; dkim=pass header.d=campus.example", Pass),
            ("mx; spf=fail smtp.mailfrom=lists.example; dkim=fail header.d=lists.example", Nothing),
            ("mx; dkim=fail reason=\"body has changed\" header.d=campus.example", Fail),
            ("mx; none", Nothing),
            ("mx", Nothing),
        ] {
            assert_eq!(topmost(field), verdict, "{field}");
        }
    }

    #[test]
    fn comments_quoted_strings_folds_and_versions_are_read_as_the_rfc_has_them() {
        for (field, verdict) in [
            // RFC 8601 Appendix B.6, with other names.
            (
                "mx.example (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) pass\r\n\
                 \theader (A dot can go here) . (like that) d (this surprised me)\r\n = (as I wasn't expecting it) campus.example",
                Pass,
            ),
            ("mx; dkim=neutral (dkim=pass header.d=campus.example; dmarc=pass)", Nothing),
            ("mx; spf=none reason=\"dmarc=pass\" smtp.mailfrom=\"; dmarc=pass\"", Nothing),
            ("mx; SPF=Pass SMTP.MailFrom=Campus.Example;", Pass),
            ("\"mx\"; dmarc=pass", Pass),
        ] {
            assert_eq!(topmost(field), verdict, "{field}");
        }
    }

    #[test]
    fn a_field_that_breaks_the_grammar_says_nothing() {
        for field in [
            "",
            ";",
            "dmarc=pass header.from=campus.example",
            "mx 2; dmarc=pass",
            "mx dmarc=pass",
            "mx, dmarc=pass",
            "mx; dmarc=pass (open",
            "mx; dmarc=pass)",
            "mx; dmarc=pass \"open",
            "mx; dmarc pass; dkim=pass header.d=campus.example",
            "mx; dmarc=; dkim=pass header.d=campus.example",
            "mx; dmarc==pass",
            "mx; =pass",
            "mx; dmarc=passed",
            "mx; dmarc=pass,fail",
            "mx; dmarc=pass and more",
        ] {
            assert_eq!(topmost(field), Nothing, "{field}");
        }
    }

    #[test]
    fn exchange_online_is_known_by_its_composite_result() {
        let field = "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=campus.example; dkim=pass (signature was\r\n \
                     verified) header.d=campus.example;dmarc=pass action=none\r\n header.from=campus.example;compauth=pass reason=100";
        assert_eq!(topmost(field), Pass);
        assert_eq!(judged(&[field], &mx()), Nothing);
    }

    #[test]
    fn only_the_receiver_that_is_trusted_counts_and_of_it_the_topmost_field() {
        let (ours, forged) = ("mx.network.example; dmarc=fail", "mx.network.example; dmarc=pass");
        let others = "mx.evil.example; dmarc=pass";
        assert_eq!(judged(&[others], &mx()), Nothing);
        assert_eq!(judged(&[others, forged], &mx()), Pass);
        assert_eq!(judged(&[ours, forged], &mx()), Fail);
        assert_eq!(judged(&["MX.Network.Example; none", forged], &mx()), Nothing);
        assert_eq!(judged(&["spam.network.example; none", forged], &Trusted::Topmost), Nothing);
        let both = Trusted::Receivers(vec!["spf.example".into(), "dmarc.example".into()]);
        assert_eq!(judged(&["spf.example; spf=none", "dmarc.example; dmarc=pass"], &both), Pass);
        assert_eq!(judged(&[forged], &Trusted::Nobody), Nothing);
        assert_eq!(judged(&[forged], &Trusted::receiver(" ")), Nothing);
    }

    #[test]
    fn a_mail_of_several_authors_is_never_vouched_for() {
        for from in
            ["From: a@campus.example, b@evil.example", "From: a@campus.example\r\nFrom: b@campus.example"]
        {
            let mail = format!("Authentication-Results: mx; dmarc=pass\r\n{from}\r\n\r\nYes.\r\n");
            let inbound = Inbound::parse_trusting(mail.as_bytes(), true, &Trusted::Topmost);
            assert_eq!(inbound.authentication, Nothing, "{from}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_field_stops_the_reader(field in "[ -~]{0,80}", tail in "[;=(). \"a-z\\\\]{0,60}") {
            topmost(&field);
            topmost(&format!("mx; dmarc=pass {tail}"));
        }
    }
}
