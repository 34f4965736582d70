//! One letter in one language: subject, text part, HTML part.

use super::bidi::{CLOSES, OPENS};
use super::headers::{carrier, reply_address};
use super::helpers::LETTER;
use super::html::Page;
use super::language::Language;
use super::{Identity, TemplateError, data, html, text};
use crate::mail::compose::Picture;
use crate::program::letter::{Addressed, Letter, Tongue};
use crate::program::tongue;
use handlebars::{
    Context, Handlebars, RenderContext, RenderError, RenderErrorReason, Renderable, StringOutput, Template,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Longer subjects are cut: they quote somebody's.
const SUBJECT_MAX: usize = 160;

/// A worded letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, the reference last.
    pub subject: String,
    pub text: String,
    pub html: String,
    /// What the HTML part shows.
    pub pictures: Vec<Picture>,
    /// The language that it speaks.
    pub language: String,
}

impl Language {
    /// Words a letter that this language has.
    pub fn render(&self, letter: &Addressed, identity: &Identity) -> Result<Rendered, TemplateError> {
        let wording = self.wording(letter.letter.template())?;
        let (partials, foot) = (wording.partials.as_slice(), self.partial("footer")?);
        let mut context = Context::from(context(letter, identity, &self.tag));
        let title = self.one(&self.text, &wording.subject, partials, &context)?;
        let title = shortened(&data::reveal(&title).split_whitespace().collect::<Vec<_>>().join(" "));
        let subject = with_reference(&title, letter);
        context.data_mut()[LETTER]["reply_subject"] = Value::String(format!("Re: {subject}"));

        let body = self.one(&self.text, &wording.body, partials, &context)?;
        let below = self.one(&self.text, foot, partials, &context)?;
        let text = data::reveal(&text::layout(&format!("{body}\n\n{below}")));

        let direction = self.facts.direction();
        let body = self.one(&self.html, &wording.body, partials, &context)?;
        let Page { html: body, pictures } = html::render(&body, &identity.contact, direction);
        let below = self.one(&self.html, foot, partials, &context)?;
        let Page { html: below, .. } = html::render(&below, &identity.contact, direction);
        let page = Context::from(json!({
            "lang": self.tag, "dir": self.facts.direction, "title": self.facts.bound(&title), "network": identity.network,
            "body": body, "footer": below,
        }));
        let html = self.one(&self.page, self.layout()?, &[], &page)?;
        Ok(Rendered { subject, text, html, pictures, language: self.tag.clone() })
    }

    fn one(
        &self,
        registry: &Handlebars,
        template: &Template,
        partials: &[String],
        context: &Context,
    ) -> Result<String, TemplateError> {
        let mut scope = RenderContext::new(template.name.as_ref());
        if let Some(root) = scope.block_mut() {
            for name in partials {
                root.set_local_partial(name.clone(), self.partial(name)?);
            }
        }
        let mut out = StringOutput::new();
        let rendered = template.render(registry, context, &mut scope, &mut out);
        let text = rendered.and_then(|()| Ok(out.into_string()?));
        text.map_err(|error| {
            self.explain(template.name.as_deref().unwrap_or_default(), &error, context.data())
        })
    }

    fn explain(&self, template: &str, error: &RenderError, context: &Value) -> TemplateError {
        let template = error.template_name.as_deref().unwrap_or(template);
        let place = self.place(template, error.line_no.unwrap_or(1));
        match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => {
                let field = path.trim_start_matches("this.").to_owned();
                let last = field.rsplit(['.', '/']).next().unwrap_or_default();
                let nearest = nearest(last, fields(context).iter().map(String::as_str));
                TemplateError::UnknownField { place, field, nearest }
            }
            RenderErrorReason::HelperNotFound(name) => {
                TemplateError::Broken { place, why: format!("there is no helper {name}") }
            }
            other => TemplateError::Broken { place, why: other.to_string() },
        }
    }
}

/// What a template may name: the letter's fields and the network's, and under a key of
/// their own the things only helpers need.
fn context(letter: &Addressed, identity: &Identity, tag: &str) -> Value {
    let mut fields = fields_of(&letter.letter);
    let thread = letter.thread.as_ref();
    let reference = thread.map(|thread| match &thread.token {
        Some(token) => format!("{}-{}", thread.reference, token.0),
        None => thread.reference.to_string(),
    });
    let privacy = if is_first_letter(&letter.letter) { identity.privacy.trim() } else { "" };
    let own = carrier(letter, identity).is_some() && identity.subaddress.is_empty();
    let carried = reference.as_ref().filter(|_| own);
    fields.extend([
        ("network".to_owned(), json!(identity.network)),
        ("contact".to_owned(), json!(identity.contact)),
        ("reference".to_owned(), json!(reference)),
        ("reply_goes_to".to_owned(), json!(letter.letter.reply_goes_to())),
        ("letter".to_owned(), json!(letter.letter.template())),
        ("privacy".to_owned(), json!(privacy)),
        ("claimed".to_owned(), json!(letter.claimed)),
        ("speaks".to_owned(), json!(tongue::own_name(tag))),
        ("other_languages".to_owned(), json!(other_languages(letter, identity, tag))),
        (
            LETTER.to_owned(),
            json!({
                "zone": letter.zone.name(),
                "contact": identity.contact,
                "reply_to": reply_address(letter, identity),
                "reply_subject": "",
                // A mail that a button opens answers nothing: where there is no
                // subaddress, only its text can carry the token.
                "carrier": carried.map_or(String::new(), |c| format!("\n\n\nReference {c}")),
            }),
        ),
    ]);
    Value::Object(fields)
}

/// What a letter in one of several languages can be had in instead. Not the reader's own
/// language, which this letter is not worded in yet.
fn other_languages(letter: &Addressed, identity: &Identity, tag: &str) -> Vec<Tongue> {
    let other = |l: &&String| *l != tag && **l != letter.language;
    let tongue = |tag: &String| Tongue { tag: tag.clone(), name: tongue::own_name(tag) };
    identity.languages.iter().filter(other).map(tongue).collect()
}

/// The fields of the variant; a mailbox without a name is called by its address.
fn fields_of(letter: &Letter) -> Map<String, Value> {
    let value = serde_json::to_value(letter).expect("a letter is plain data and has string keys");
    let Value::Object(variant) = value else { return Map::new() };
    let Some((_, Value::Object(mut fields))) = variant.into_iter().next() else { return Map::new() };
    for field in fields.values_mut().filter_map(Value::as_object_mut) {
        if let Some(address) = field.get("address").cloned() {
            field.entry("name").or_insert(address);
        }
    }
    fields
}

/// Letters that may be the first a person has from us: these say where the policy is.
fn is_first_letter(letter: &Letter) -> bool {
    use Letter::*;
    matches!(
        letter,
        WelcomeAdvisor { .. }
            | ImportedWelcome { .. }
            | FormIncomplete { .. }
            | Roster { .. }
            | WithStaff { .. }
            | RequestReceipt { .. }
            | CannotAsk { .. }
            | ConfirmationReceipt { .. }
            | PleaseConfirm { .. }
            | AlsoYou { .. }
    )
}

fn with_reference(title: &str, letter: &Addressed) -> String {
    match letter.thread.as_ref().filter(|_| letter.letter.shows_reference()) {
        Some(thread) => format!("{title} [{}]", thread.reference),
        None => title.to_owned(),
    }
}

fn shortened(title: &str) -> String {
    match title.char_indices().nth(SUBJECT_MAX) {
        Some((end, _)) => {
            let kept = title[..end].trim_end();
            let open = kept.rfind(OPENS) > kept.rfind(CLOSES);
            format!("{kept}{}\u{2026}", if open { CLOSES.to_string() } else { String::new() })
        }
        None => title.to_owned(),
    }
}

/// All names a template of this letter could have meant.
fn fields(context: &Value) -> BTreeSet<String> {
    match context {
        Value::Object(map) => {
            let shown = map.iter().filter(|(name, _)| *name != LETTER);
            shown.flat_map(|(name, value)| fields(value).into_iter().chain([name.clone()])).collect()
        }
        Value::Array(list) => list.iter().flat_map(fields).collect(),
        _ => BTreeSet::new(),
    }
}

/// The name most like `wanted`, if one is like it at all.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let distance = |name: &&str| strsim::damerau_levenshtein(wanted, name);
    let best = names.min_by_key(distance)?;
    (distance(&best) <= 2.max(wanted.chars().count() / 2)).then(|| best.to_owned())
}
