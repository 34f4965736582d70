//! What a receiver's `Authentication-Results` (RFC 8601) say of the domain in From.
//!
//! The field is believed or not by who wrote it: anybody can put one into a mail, only our
//! own receiver puts one above it. And our own receiver repeats in its field what the sender
//! said, so a pass counts only where nothing in the field contradicts it.

use super::address::AddrSpec;
use super::authentication_results::{Field, Outcome};
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

    /// For each receiver its field, and those that it wrote right below it.
    fn chosen(&self, fields: &[Placed]) -> Vec<(Field, Vec<Field>)> {
        match self {
            Trusted::Nobody => Vec::new(),
            Trusted::Topmost => with_run(fields, |_| true).into_iter().collect(),
            Trusted::Receivers(ids) => {
                ids.iter().filter_map(|id| with_run(fields, |f| f.is_by(id))).collect()
            }
        }
    }
}

/// A field, and where it stands in the header.
type Placed = (usize, Field);

/// The topmost field of a receiver and what stands right below it under the same name: several
/// filters of one receiver write a field each (OpenDKIM, OpenDMARC, SPF).
fn with_run(fields: &[Placed], is_ours: impl Fn(&Field) -> bool) -> Option<(Field, Vec<Field>)> {
    let first = fields.iter().position(|(_, field)| is_ours(field))?;
    let (place, top) = &fields[first];
    let below = fields[first + 1..].iter().zip(1..);
    let next = below.take_while(|((at, f), n)| *at == place + n && f.authserv_id == top.authserv_id);
    Some((top.clone(), next.map(|((_, field), _)| field.clone()).collect()))
}

/// More fields than any chain of receivers writes.
const MOST_FIELDS: usize = 100;

/// The verdict on the one domain a mail claims to be from; several in From are never vouched for.
pub(super) fn judge(header: &Header, from: &[AddrSpec], trusted: &Trusted) -> Authentication {
    if *trusted == Trusted::Nobody {
        return Authentication::None;
    }
    let placed = header.iter().enumerate().filter(|(_, (name, _))| *name == "authentication-results");
    let fields: Vec<Placed> =
        placed.take(MOST_FIELDS).map(|(at, (_, value))| (at, Field::parse(value))).collect();
    let (tops, below): (Vec<Field>, Vec<Vec<Field>>) = trusted.chosen(&fields).into_iter().unzip();
    let results = |fields: Vec<Field>| fields.into_iter().flat_map(|f| f.results).collect::<Vec<Outcome>>();
    let (results, below) = (results(tops), results(below.into_iter().flatten().collect()));
    let Some(first) = from.first().map(AddrSpec::domain) else { return Authentication::None };
    let one_author = header.all("from").count() == 1 && from.iter().all(|a| a.domain() == first);
    match verdict(&results, &first) {
        Authentication::Pass if !one_author => Authentication::None,
        // Further down a pass may be the sender's own invention; nobody invents a failure of his.
        Authentication::None if verdict(&below, &first) == Authentication::Fail => Authentication::Fail,
        verdict => verdict,
    }
}

/// `pass` wants DMARC pass, or without a DMARC result DKIM or SPF pass aligned with From;
/// `fail` is dmarc=fail, or no DMARC result, something aligned failed and nothing passed.
fn verdict(results: &[Outcome], from: &str) -> Authentication {
    let dmarc = |said: &str| results.iter().any(|r| r.method == "dmarc" && r.result == said);
    let of_this_domain = |r: &Outcome| r.author().is_none_or(|d| is_aligned(d, from));
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

/// RFC 7489 §3.1, relaxed: of one organisation, which is the domain below a public suffix (§3.2).
/// So `mail.campus.example` signs for `library.campus.example`, and `ac.uk` for nobody.
pub(super) fn is_aligned(domain: &str, from: &str) -> bool {
    domain == from || organisation(domain).is_some_and(|own| organisation(from) == Some(own))
}

/// Domains below which providers give a name to anybody, and which the list of public suffixes
/// lacks.
const SHARED: &[&str] = &["onmicrosoft.com", "gappssmtp.com"];

fn organisation(domain: &str) -> Option<&str> {
    let below = |shared: &&str| domain.strip_suffix(*shared)?.strip_suffix('.');
    match SHARED.iter().find_map(below) {
        Some(rest) => Some(&domain[rest.rfind('.').map_or(0, |dot| dot + 1)..]),
        None => psl::domain_str(domain),
    }
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

    #[test]
    fn the_fields_of_many_receivers_are_understood() {
        for (receiver, field, verdict) in [
            (
                "Gmail",
                "mx.google.com;\r\n       dkim=pass header.i=@campus.example header.s=s1 header.b=aB3/+cd;\r\n       \
                 arc=pass (i=1 spf=pass spfdomain=campus.example dkim=pass dkdomain=campus.example);\r\n       \
                 spf=pass (google.com: domain of leila@campus.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=leila@campus.example;\r\n       \
                 dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=campus.example",
                Pass,
            ),
            (
                "Exchange Online, forged",
                "spf=fail (sender IP is 192.0.2.9)\r\n smtp.mailfrom=campus.example; dkim=none (message not signed)\r\n \
                 header.d=none;dmarc=fail action=oreject\r\n header.from=campus.example;compauth=fail reason=000",
                Fail,
            ),
            (
                "Exchange Online, without a policy",
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=campus.example; dkim=pass (signature was verified) \
                 header.d=campus.onmicrosoft.com;dmarc=bestguesspass action=none header.from=campus.example;compauth=pass reason=109",
                Pass,
            ),
            (
                "Exchange Online, null reverse-path",
                "spf=none (sender IP is 192.0.2.1) smtp.mailfrom=; dkim=pass (signature was verified) \
                 header.d=campus.example;dmarc=pass action=none header.from=campus.example",
                Pass,
            ),
            (
                "Yahoo",
                "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com;\r\n dkim=pass header.i=@campus.example header.s=s1;\r\n \
                 spf=pass smtp.mailfrom=campus.example;\r\n dmarc=pass(p=REJECT) header.from=campus.example;",
                Pass,
            ),
            ("iCloud", "dmarc.icloud.com; dmarc=pass header.from=campus.example", Pass),
            (
                "Fastmail",
                "mx2.messagingengine.example;\r\n    arc=none (no signatures found);\r\n    bimi=skipped (DMARC did not pass);\r\n    \
                 dkim=pass (2048-bit rsa key sha256) header.d=campus.example header.i=@campus.example header.b=a1b2c3 header.a=rsa-sha256 header.s=s1 x-bits=2048;\r\n    \
                 dmarc=none policy.published-domain-policy=none policy.evaluated-disposition=none (p=none,d=none) policy.policy-from=p header.from=campus.example;\r\n    \
                 iprev=pass smtp.remote-ip=192.0.2.1 (out.campus.example);\r\n    spf=pass smtp.mailfrom=leila@campus.example smtp.helo=out.campus.example;\r\n    \
                 x-ptr=fail smtp.helo=out.campus.example policy.ptr=;\r\n    x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256;\r\n    \
                 x-vs=clean score=0 state=0",
                Pass,
            ),
            (
                "Proton",
                "mail.protonmail.example; dmarc=pass (p=none dis=none) header.from=campus.example",
                Pass,
            ),
            (
                "Zoho",
                "mx.zohomail.example; dkim=pass;\r\n\tspf=pass (zohomail.example: domain of leila@campus.example designates 192.0.2.1 as permitted sender)  smtp.mailfrom=leila@campus.example;\r\n\t\
                 dmarc=pass(p=none dis=none)  header.from=campus.example",
                Pass,
            ),
            ("GMX", "gmx.example; dkim=pass header.i=@campus.example", Pass),
            (
                "mail.ru",
                "mxs.mail.example; spf=pass (mx12.i: domain of leila@campus.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=leila@campus.example smtp.helo=out;\r\n\t \
                 dkim=pass header.d=campus.example; dmarc=pass header.from=leila@campus.example",
                Pass,
            ),
            (
                "Yandex",
                "iva1.qloud-c.yandex.example; spf=pass (x: domain designates) smtp.mail=leila@campus.example",
                Pass,
            ),
            (
                "Comcast",
                "resimta-c1p.sys.comcast.example; dkim=pass header.d=campus.example header.b=AbCdEf",
                Pass,
            ),
            (
                "Mimecast",
                "relay.mimecast.example;\r\n\tdkim=pass header.d=campus.example header.s=s1 header.b=\"a;b\";\r\n\tdmarc=pass (policy=reject) header.from=campus.example;\r\n\t\
                 spf=pass (relay.mimecast.example: domain of leila@campus.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=leila@campus.example",
                Pass,
            ),
            (
                "Proofpoint",
                "ppops.example; spf=pass smtp.mailfrom=prvs=1234567890=leila@campus.example; dkim=pass header.s=s1 header.d=campus.example; dmarc=none",
                Pass,
            ),
            (
                "Rspamd",
                "mail.network.example;\r\n\tdkim=none;\r\n\tdmarc=fail reason=\"No valid SPF, No valid DKIM\" header.from=campus.example (policy=none);\r\n\t\
                 spf=softfail (mail.network.example: 192.0.2.9 is neither permitted nor denied by domain of leila@campus.example) smtp.mailfrom=leila@campus.example",
                Fail,
            ),
            ("OpenDMARC", "mx; dmarc=pass (p=quarantine dis=none) header.from=campus.example", Pass),
            (
                "amavis",
                "mx.network.example (amavis); dkim=pass (2048-bit key) reason=\"pass (just generated, assumed good)\" header.d=campus.example",
                Pass,
            ),
            (
                "policyd-spf",
                "mx.network.example; spf=pass (mailfrom) smtp.mailfrom=campus.example (client-ip=192.0.2.1; helo=out; envelope-from=leila@campus.example; receiver=<UNKNOWN>)",
                Pass,
            ),
            (
                "Exim",
                "mx.network.example; iprev=pass (out.campus.example) smtp.remote-ip=192.0.2.1;\r\n\tauth=pass (PLAIN) smtp.auth=leila;\r\n\t\
                 dkim=pass header.d=campus.example header.s=s1 header.a=rsa-sha256;\r\n\tdmarc=none",
                Pass,
            ),
            (
                "Stalwart",
                "mx.network.example;\r\n\tdkim=pass header.d=campus.example header.s=s1 header.b=xyz;\r\n\tspf=none smtp.helo=out;\r\n\t\
                 iprev=pass policy.iprev=192.0.2.1;\r\n\tdmarc=pass header.from=campus.example policy.dmarc=reject",
                Pass,
            ),
            (
                "Cisco ESA",
                "esa1.iphmx.example; dkim=None (message not signed) header.i=none; spf=Pass smtp.mailfrom=leila@campus.example; dmarc=pass (p=none dis=none) d=campus.example",
                Pass,
            ),
            (
                "Cisco ESA, of another domain",
                "esa1.iphmx.example; dmarc=pass (p=none dis=none) d=evil.example",
                Nothing,
            ),
            (
                "QQ",
                "mx.qq.example; spf=pass smtp.mailfrom=<leila@campus.example>; dkim=none; dmarc=none(permerror)",
                Pass,
            ),
            (
                "Naver",
                "mx.naver.example; spf=pass (mx.naver.example: domain of leila@campus.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=leila@campus.example;\r\n \
                 dkim=pass header.i=@campus.example; dmarc=none header.from=campus.example",
                Pass,
            ),
            ("without semicolons", "mx spf=pass", Nothing),
            (
                "without one semicolon",
                "mx; spf=fail smtp.mailfrom=lists.example dkim=pass header.d=campus.example",
                Nothing,
            ),
            (
                "without one semicolon, forged",
                "mx; spf=none smtp.mailfrom=evil.example dmarc=fail header.from=campus.example",
                Fail,
            ),
            (
                "a signature by policy",
                "mx; dkim=policy header.d=campus.example; dkim=pass header.d=list.example",
                Nothing,
            ),
            (
                "of two signatures one",
                "mx; dkim=fail header.d=campus.example; dkim=pass header.d=campus.example",
                Pass,
            ),
        ] {
            assert_eq!(topmost(field), verdict, "{receiver}");
        }
    }

    #[test]
    fn domains_of_one_organisation_are_aligned_and_a_public_suffix_with_nobody() {
        for (domain, from, aligned) in [
            ("mail.campus.example", "library.campus.example", true),
            ("campus.example", "library.campus.example", true),
            ("library.campus.example", "campus.example", true),
            ("lib.aub.edu.lb", "mail.aub.edu.lb", true),
            ("edu.lb", "aub.edu.lb", false),
            ("cam.ac.uk", "ox.ac.uk", false),
            ("campus.onmicrosoft.com", "campus.example", false),
            ("one.onmicrosoft.com", "two.onmicrosoft.com", false),
            ("mail.one.onmicrosoft.com", "one.onmicrosoft.com", true),
            ("campus-example.20230601.gappssmtp.com", "campus.example", false),
            ("campus.example.evil.example", "campus.example", false),
            ("evilcampus.example", "campus.example", false),
            ("example", "campus.example", false),
            ("", "", true),
        ] {
            assert_eq!(is_aligned(domain, from), aligned, "{domain} for {from}");
        }
    }

    #[test]
    fn what_the_sender_wrote_in_his_envelope_address_vouches_for_nobody() {
        // Receivers repeat `MAIL FROM:<"…"@evil.example>` in comments and values, quoted or not.
        for local in [
            "x) smtp.mailfrom=campus.example (",
            "x) smtp.mail=campus.example (",
            "x); dkim=pass header.d=campus.example (",
            "x); dmarc=pass header.from=campus.example (",
            "x); dkim=pass header.d=campus.example; spf=none (",
        ] {
            for after in [
                format!("smtp.mailfrom=\"{local}\"@evil.example"),
                "smtp.mailfrom=evil.example".to_owned(),
                "smtp.helo=evil.example".to_owned(),
            ] {
                let field = format!(
                    "mx; spf=pass (domain of \"{local}\"@evil.example designates 192.0.2.1) {after}; dmarc=none"
                );
                assert_eq!(topmost(&field), Nothing, "{field}");
                let failed = field.replace("dmarc=none", "dmarc=fail header.from=campus.example");
                assert_eq!(topmost(&failed), Fail, "{failed}");
            }
        }
        for local in [
            "a dkim=pass header.d=campus.example header.b=x",
            "campus.example arc=none header.b=x",
            "campus.example x=y",
            "campus.example reason=y",
            "campus.example smtp.mailfrom=y",
            "a; dkim=pass header.d=campus.example header.i=x",
            "a; dkim=pass header.d=campus.example; x=y",
            "a; dmarc=pass header.from=campus.example; x=y",
            "campus.example (",
            "campus.example ",
            "campus.example\r\n ",
        ] {
            let field = format!("mx; dmarc=DMARC; spf=pass smtp.mailfrom={local}@evil.example");
            assert_eq!(topmost(&field.replace("DMARC", "none")), Nothing, "{field}");
            assert_eq!(topmost(&field.replace("DMARC", "fail")), Fail, "{field}");
        }
    }

    #[test]
    fn the_domain_of_the_author_may_be_written_in_other_letters() {
        for (from, field) in [
            ("Leila@CAMPUS.Example", "mx; dmarc=pass header.from=campus.example"),
            ("leila@campus.example", "mx; spf=pass smtp.mailfrom=Campus.Example."),
        ] {
            let mail = format!("Authentication-Results: {field}\r\nFrom: {from}\r\n\r\nYes.\r\n");
            let inbound = Inbound::parse_trusting(mail.as_bytes(), true, &Trusted::Topmost);
            assert_eq!(inbound.authentication, Pass, "{from}: {field}");
        }
    }

    #[test]
    fn what_looks_like_the_receiver_is_not_the_receiver() {
        for id in [
            "mx.network.example.evil.example",
            "evil-mx.network.example",
            "mx.network.example.",
            "mx.netw\u{43e}rk.example",
            "(mx.network.example) evil.example",
            "network.example",
            "mx.network.example@evil",
        ] {
            assert_eq!(judged(&[&format!("{id}; dmarc=pass")], &mx()), Nothing, "{id}");
        }
        for id in [
            "MX.Network.Example",
            "(ours) mx.network.example",
            "mx.network.example 1",
            "\"mx.network.example\"",
        ] {
            assert_eq!(judged(&[&format!("{id}; dmarc=pass")], &mx()), Pass, "{id}");
        }
    }

    #[test]
    fn several_filters_of_one_receiver_are_believed_where_they_say_that_it_failed() {
        let (dkim, dmarc) =
            ("mx.network.example; dkim=none", "mx.network.example; dmarc=fail header.from=campus.example");
        assert_eq!(judged(&[dkim, dmarc], &mx()), Fail);
        assert_eq!(judged(&[dkim, dmarc], &Trusted::Topmost), Fail);
        let passed = "mx.network.example; dmarc=pass header.from=campus.example";
        assert_eq!(judged(&[dkim, passed], &mx()), Nothing, "it may be the sender's own");
        assert_eq!(judged(&[passed, dmarc], &mx()), Pass);
        assert_eq!(judged(&[dkim, "mx.evil.example; none", dmarc], &mx()), Nothing);
    }

    proptest::proptest! {
        #[test]
        fn no_field_stops_the_reader(field in "[ -~]{0,80}", tail in "[;=(). \"a-z\\\\]{0,60}") {
            topmost(&field);
            topmost(&format!("mx; dmarc=pass {tail}"));
        }
    }
}
