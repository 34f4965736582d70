//! One HTML tag, and what the mail programs we know mean by it.

use super::html::{QUOTED_FROM_HERE, RULE, SIGNATURE_STARTS};

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

/// What a container of the mail programs we know says about its contents.
pub(super) fn mark_of(tag: &Tag<'_>) -> Option<char> {
    let id = tag.attribute("id");
    let class = tag.attribute("class");
    let style: String = tag.attribute("style").split_whitespace().collect();
    let quotes_all = ["divrplyfwdmsg", "olk_src_body_section", "mail-editor-reference-message-container"];
    if quotes_all.iter().any(|q| id.ends_with(q))
        || id.starts_with("yahoo_quoted")
        || class.split_whitespace().any(|c| {
            matches!(c, "outlookmessageheader" | "yahoo_quoted" | "zmail_extra" | "protonmail_quote")
        })
    {
        return Some(QUOTED_FROM_HERE);
    }
    let signature = matches!(id.as_str(), "signature" | "applemailsignature" | "ms-outlook-mobile-signature")
        || class.split_whitespace().any(|c| {
            matches!(c, "gmail_signature" | "moz-signature" | "protonmail_signature_block" | "signature")
        })
        || tag.attribute("data-signatureblock") == "true";
    if signature {
        return Some(SIGNATURE_STARTS);
    }
    // Outlook's desktop versions: a line above From/Sent/To/Subject.
    let outlook = style.contains("border-top:solid#") && style.contains("padding:3.0pt0");
    (outlook || style.contains("border:none;border-top:solid") || tag.name == "hr").then_some(RULE)
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

    fn mark(text: &str) -> Option<char> {
        mark_of(&Tag::read(text).expect("it is a tag").0)
    }

    #[test]
    fn the_containers_of_known_mail_programs_are_recognised() {
        assert_eq!(mark("<div id=\"divRplyFwdMsg\" dir=ltr>"), Some(QUOTED_FROM_HERE));
        assert_eq!(mark("<div ID='x_divRplyFwdMsg'>"), Some(QUOTED_FROM_HERE));
        assert_eq!(mark("<div class='a yahoo_quoted'>"), Some(QUOTED_FROM_HERE));
        assert_eq!(mark("<div class=gmail_signature>"), Some(SIGNATURE_STARTS));
        assert_eq!(mark("<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"), Some(RULE));
        assert_eq!(mark("<div class=\"signature-free\" data-id=divRplyFwdMsg>"), None);
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
