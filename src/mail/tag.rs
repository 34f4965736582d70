//! One HTML tag, and what the mail programs we know mean by it.

/// One tag: its name in lower case and its attributes as written.
pub(super) struct Tag<'a> {
    pub name: String,
    pub closes: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads the tag at the start of `text` (which begins with `<`); gives it and what follows.
    pub(super) fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let inner = &text[1..];
        let closes = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = tag_end(inner)?;
        let body = &inner[..end];
        let name_end = body.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(body.len());
        let name = body[..name_end].to_lowercase();
        Some((Self { name, closes, attributes: &body[name_end..] }, &inner[end + 1..]))
    }

    /// The value of an attribute in lower case, without spaces; empty if it is missing.
    fn attribute(&self, name: &str) -> String {
        let lower = self.attributes.to_ascii_lowercase();
        let mut from = 0;
        while let Some(at) = lower[from..].find(name).map(|at| from + at) {
            from = at + name.len();
            let before = lower[..at].chars().next_back();
            let Some(value) = lower[from..].trim_start().strip_prefix('=') else { continue };
            if before.is_some_and(|c| !c.is_whitespace() && c != '"' && c != '\'') {
                continue;
            }
            let value = value.trim_start();
            let end = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => return value[1..].split(quote).next().unwrap_or("").to_owned(),
                _ => value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len()),
            };
            return value[..end].to_owned();
        }
        String::new()
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_whitespace().any(|c| c == class || c.ends_with(&format!("_{class}")))
    }
}

/// Where the `>` of a tag is: not one inside a quoted attribute value, unless the
/// quote never closes: that is a typing mistake.
fn tag_end(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') if inner[..at].trim_end().ends_with('=') => quote = Some(c),
            (Some(q), c) if c == q => quote = None,
            _ => {}
        }
    }
    inner.find('>')
}

/// What an element of the mail programs we know says about its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// All that follows, inside it and behind it, is quoted.
    QuotedFromHere,
    /// What follows is quoted if it begins with a header.
    Rule,
    /// The same, drawn by Outlook alone: whatever the header's language.
    OutlookRule,
    /// What it contains is quoted.
    Quotation,
    /// It contains "On … Amina wrote:".
    Attribution,
    Signature,
}

/// Outlook on the web puts `x_` before the names of what it quotes, Yahoo `ydp` and figures.
fn is_named(value: &str, names: &[&str]) -> bool {
    names.iter().any(|name| {
        value.strip_suffix(name).is_some_and(|before| {
            before.is_empty()
                || before.ends_with("x_")
                || before.starts_with("ydp")
                || before.starts_with("yiv")
        })
    })
}

/// Outlook's header (all versions), Zimbra's rule, old Hotmail's rule.
const ALL_QUOTED: &[&str] = &[
    "divrplyfwdmsg",
    "outlookmessageheader",
    "stopspelling",
    "zwchr",
    "__divider__",
    "__headers__",
    "__quoted_text__",
    "replysplit",
    "reply-delimiter",
    "mailreplyseparator",
];
/// Outlook (mobile, Mac), Yahoo, Zoho, Proton, Tuta, Thunderbird's forwards, 163, QQ, Spark,
/// Front, Superhuman, GMX, eM Client, Roundcube, Freshdesk, Zendesk.
const QUOTATIONS: &[&str] = &[
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "olk_src_body_section",
    "yahoo_quoted",
    "yahooquoted",
    "zmail_extra",
    "zmail_extra_hr",
    "protonmail_quote",
    "tutanota_quote",
    "moz-forward-container",
    "isreplycontent",
    "messagereplysection",
    "front-blockquote",
    "sh-quoted-content",
    "freshdesk_quote",
    "quote",
    "replybody1",
    "gmail_extra_quote",
    "spikequote",
    "qqmailquote",
    "mailmaster-quote",
    "netease_mail_quote",
    "mimestream_quote",
    "canary_quote",
    "hey-quote",
    "quoted-reply",
    "mail_quote",
    "cite2",
];
const ATTRIBUTIONS: &[&str] = &[
    "gmail_attr",
    "moz-cite-prefix",
    "reply-intro",
    "airmail_on",
    "moz-email-headers-table",
    "em_client_header",
    "gmail_quote_attribution",
    "quote-header",
    "quote_header",
];
const SIGNATURES: &[&str] = &[
    "signature",
    "applemailsignature",
    "applemailsignatureinitial",
    "ms-outlook-mobile-signature",
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-signature",
    "protonmail_signature_block",
    "composer_signature",
    "messagesignaturesection",
    "tutanota_signature",
    "front-signature",
    "sh-signature",
    "zm-_id_-sgn",
    "signature_old",
    "__sig_pre__",
    "__sig_post__",
    "mailspring-signature",
    "fm-signature",
    "hey-signature",
    "edo-signature",
    "bluemail_signature",
    "mobile_signature",
];
/// Elements without contents.
const VOID: &[&str] = &["hr", "br", "img", "input", "meta", "link", "wbr", "col", "area", "base"];

pub(super) fn meaning_of(tag: &Tag<'_>) -> Option<Meaning> {
    if tag.attributes.is_empty() {
        return match tag.name.as_str() {
            "hr" => Some(Meaning::Rule),
            "includetail" => Some(Meaning::Quotation),
            "signature" => Some(Meaning::Signature),
            _ => None,
        };
    }
    let values =
        ["id", "class", "name", "data-marker", "data-smartmail", "fairemail"].map(|a| tag.attribute(a));
    let named = |names: &[&str]| values.iter().any(|v| v.split_whitespace().any(|v| is_named(v, names)));
    let is_void = VOID.contains(&tag.name.as_str());
    if named(ALL_QUOTED) {
        return Some(Meaning::QuotedFromHere);
    }
    if values[0].starts_with("yahoo_quoted") || (!is_void && tag.name != "blockquote" && named(QUOTATIONS)) {
        return Some(Meaning::Quotation);
    }
    if !is_void && named(ATTRIBUTIONS) {
        return Some(Meaning::Attribution);
    }
    if !is_void
        && (named(SIGNATURES) || tag.attribute("data-signatureblock") == "true" || tag.name == "signature")
    {
        return Some(Meaning::Signature);
    }
    if named(&["_mailoriginal", "appendonsend"]) {
        return Some(Meaning::OutlookRule);
    }
    by_style(tag)
}

/// What borders say: Outlook draws one above a quoted header; one on the left marks
/// what is quoted, where the reader asked for it.
fn by_style(tag: &Tag<'_>) -> Option<Meaning> {
    let style: String = tag.attribute("style").split_whitespace().collect();
    let colour =
        ["#e1e1e1", "#b5c4df", "rgb(225,225,225)", "rgb(181,196,223)"].iter().any(|c| style.contains(c));
    let above = style.contains("border-top:") || style.contains("border-style:solidnonenone");
    let padded = style.contains("padding:3.0pt0") || style.contains("padding:3pt0");
    if above && (colour || padded) && !style.contains("border-top:none") {
        return Some(Meaning::OutlookRule);
    }
    if tag.name == "hr" || style.contains("border:none;border-top:solid") {
        return Some(Meaning::Rule);
    }
    (tag.name == "div" && has_bar(&style)).then_some(Meaning::Quotation)
}

/// A line along the left side, and along no other.
fn has_bar(style: &str) -> bool {
    let left = style.split(';').find_map(|rule| rule.strip_prefix("border-left:"));
    let drawn = left.is_some_and(|v| v.contains("solid") && !v.starts_with("0") && !v.contains("none"));
    drawn
        && !["border-right:", "border-top:", "border-bottom:"].iter().any(|side| {
            style.split(';').any(|rule| rule.strip_prefix(side).is_some_and(|v| v.contains("solid")))
        })
}

/// Whether a blockquote quotes somebody. Mail programs also use it to indent.
pub(super) fn quotes(tag: &Tag<'_>) -> bool {
    let style: String = tag.attribute("style").split_whitespace().collect();
    let named = !tag.attribute("type").is_empty() || !tag.attribute("class").is_empty();
    named || !(style.contains("border:none") || style.contains("margin:00040px"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Option<Meaning> {
        meaning_of(&Tag::read(text).expect("it is a tag").0)
    }

    #[test]
    fn the_containers_of_known_mail_programs_are_recognised() {
        use Meaning::*;
        for (tag, wanted) in [
            ("<div id=\"divRplyFwdMsg\" dir=ltr>", QuotedFromHere),
            ("<div ID='x_divRplyFwdMsg'>", QuotedFromHere),
            ("<div id='x_x_divRplyFwdMsg'>", QuotedFromHere),
            ("<hr id=zwchr data-marker=__DIVIDER__>", QuotedFromHere),
            ("<div class='a yahoo_quoted'>", Quotation),
            ("<div class=\"ydp1a2b3cyahoo_quoted\">", Quotation),
            ("<div id='yahoo_quoted_1234'>", Quotation),
            ("<div id=mail-editor-reference-message-container>", Quotation),
            (
                "<div id='ms-outlook-mobile-body-separator-line' class='ms-outlook-mobile-reference-message skipProofing'>",
                Quotation,
            ),
            ("<div name=\"messageReplySection\">", Quotation),
            ("<div style='border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt'>", Quotation),
            ("<div dir=ltr class=gmail_attr>", Attribution),
            ("<p id=\"reply-intro\">", Attribution),
            ("<div class=gmail_signature>", Signature),
            ("<div id=\"x_ms-outlook-mobile-signature\">", Signature),
            (
                "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
                OutlookRule,
            ),
            (
                "<div style='border-width:1pt medium medium; border-style:solid none none; border-color:rgb(181, 196, 223)'>",
                OutlookRule,
            ),
            ("<hr>", Rule),
        ] {
            assert_eq!(meaning(tag), Some(wanted), "{tag}");
        }
        for tag in [
            "<div class=\"signature-free\" data-id=divRplyFwdMsg>",
            "<div style='border:1px solid #ccc;border-left:solid 1px;border-top:1px solid'>",
            "<div style='border-left:none'>",
            "<div class=\"blockquoted\">",
        ] {
            assert_eq!(meaning(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_greater_than_sign_in_a_value_does_not_end_the_tag() {
        let (tag, rest) = Tag::read("<a title=\"a > b\" class=x>text").expect("it is a tag");
        assert_eq!((tag.name.as_str(), rest, tag.has_class("x")), ("a", "text", true));
        assert!(Tag::read("< 3 apples >").is_none());
    }

    #[test]
    fn an_indented_paragraph_is_no_quotation() {
        let quoting = |text| quotes(&Tag::read(text).expect("it is a tag").0);
        assert!(quoting("<blockquote type=cite>"));
        assert!(quoting("<blockquote>"));
        assert!(!quoting("<blockquote style=\"margin: 0 0 0 40px; border: none; padding: 0px\">"));
    }
}
