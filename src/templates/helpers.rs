//! What templates may call: `action`, `guess`, `form`, `quote`, `date`, `day`, `label`, `choose`,
//! `plural`, `chart`, `names`, `join`, `sum`; and `if`, `unless`, `eq` that know no missing field.
//!
//! Each writes for one of the two parts of a letter, and escapes what people wrote for it.

use super::bidi::{Direction, is_right_to_left};
use super::chart::{self, CHART};
use super::data::{entities, lines, one_line, percent, shadow};
use super::html::ACTION;
use super::language::Facts;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonRender, JsonTruthy, Output, PathAndJson,
    RenderContext, RenderError, RenderErrorReason, Renderable, ScopedJson, handlebars_helper,
};
use serde_json::Value;
use std::sync::Arc;

/// The context's key for what helpers know of the letter, and templates need not.
pub const LETTER: &str = "_letter";

/// The part of a letter that is being rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Text,
    Html,
}

impl Part {
    /// Words of people, on one line.
    pub fn escape(self, text: &str) -> String {
        self.escape_line(&one_line(text))
    }

    fn escape_line(self, line: &str) -> String {
        match self {
            Part::Text => shadow(line),
            Part::Html => entities(line),
        }
    }
}

/// A registry for one part of the letters of one language: what people wrote stands isolated
/// where it is written the other way.
pub fn registry(part: Part, facts: &Arc<Facts>) -> Handlebars<'static> {
    let direction = facts.direction();
    let mut registry = with_helpers(part, facts);
    registry.register_escape_fn(move |text| direction.isolate(&part.escape(text)));
    registry
}

/// A registry for what surrounds a letter, where `{{lang}}` stands in an attribute.
pub fn registry_of_pages(facts: &Arc<Facts>) -> Handlebars<'static> {
    let mut registry = with_helpers(Part::Html, facts);
    registry.register_escape_fn(entities);
    registry
}

fn with_helpers(part: Part, facts: &Arc<Facts>) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_helper("if", Box::new(Condition { wanted: true }));
    registry.register_helper("unless", Box::new(Condition { wanted: false }));
    registry.register_helper("eq", Box::new(Equal));
    registry.register_helper("join", Box::new(Join));
    registry.register_helper("sum", Box::new(sum));
    for (name, tell) in TELLERS {
        registry.register_helper(name, Box::new(Teller { tell, part, facts: Arc::clone(facts) }));
    }
    registry
}

const TELLERS: [(&str, Tell); 11] = [
    ("action", action),
    ("guess", guess),
    ("form", form),
    ("quote", quote),
    ("date", date),
    ("day", day),
    ("chart", chart),
    ("label", label),
    ("choose", choose),
    ("plural", plural),
    ("names", names),
];

/// Writes a value its own way.
type Tell = fn(&Call) -> Result<String, RenderError>;

struct Teller {
    tell: Tell,
    part: Part,
    facts: Arc<Facts>,
}

/// One call of a helper from a template.
struct Call<'a, 'rc> {
    helper: &'a Helper<'rc>,
    letter: &'a Value,
    part: Part,
    facts: &'a Facts,
}

impl HelperDef for Teller {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        for param in helper.params().iter().chain(helper.hash().values()) {
            refuse_missing(param)?;
        }
        let letter = &context.data()[LETTER];
        let call = Call { helper, letter, part: self.part, facts: &self.facts };
        Ok(out.write(&(self.tell)(&call)?)?)
    }
}

impl Call<'_, '_> {
    fn value(&self) -> Result<&Value, RenderError> {
        self.helper.param(0).map(PathAndJson::value).ok_or_else(|| wrong("a value is missing".to_owned()))
    }

    fn text(&self) -> Result<String, RenderError> {
        Ok(self.value()?.render())
    }

    /// The parameters from the nth, as words.
    fn words_from(&self, n: usize) -> String {
        self.helper.params().iter().skip(n).map(|p| p.value().render()).collect::<Vec<_>>().join(" ")
    }

    /// The same for showing; what comes of the letter's fields stands isolated.
    fn shown_from(&self, n: usize) -> String {
        let shown = |param: &PathAndJson| {
            let words = self.part.escape(&param.value().render());
            if param.relative_path().is_some() { self.direction().isolate(&words) } else { words }
        };
        self.helper.params().iter().skip(n).map(shown).collect::<Vec<_>>().join(" ")
    }

    fn direction(&self) -> Direction {
        self.facts.direction()
    }

    fn letter(&self, key: &str) -> &str {
        self.letter[key].as_str().unwrap_or_default()
    }

    fn link(&self, to: &str, subject: &str, body: &str, text: &str, kind: &str) -> String {
        format!("[{text}]({} \"{kind}\")", mailto(to, subject, body))
    }
}

/// RFC 6068 §5: a line end in a body is %0D%0A. The address's own `+` is encoded as well,
/// because some readers of mailto: take it for a space.
fn mailto(to: &str, subject: &str, body: &str) -> String {
    let to = percent(to).replace("%40", "@");
    let body = percent(&body.replace('\n', "\r\n"));
    format!("mailto:{to}?subject={}&body={body}", percent(subject))
}

/// `{{action "ACCEPT" "I can help"}}`: one of the words that a reply may begin with.
fn action(call: &Call) -> Result<String, RenderError> {
    Ok(offered(call, &call.text()?))
}

/// `{{guess this "if that is what they wish"}}`: the same for words that the rules have put
/// together of ours, such as `REMOVE Karim`, as this language writes them.
fn guess(call: &Call) -> Result<String, RenderError> {
    let said = call.text()?;
    let (word, rest) = said.split_once(' ').unwrap_or((&said, ""));
    let own = |word: &str| call.facts.labels.get(word).map_or(word.to_owned(), |own| own.to_uppercase());
    let rest = match rest.rsplit_once(" UNTIL ") {
        Some((name, day)) if word == "AWAY" => format!("{name} {} {day}", own("UNTIL")),
        _ => rest.to_owned(),
    };
    Ok(offered(call, format!("{} {rest}", own(word)).trim_end()))
}

/// A word to reply, as a line of the text part, as a button of the other.
fn offered(call: &Call, word: &str) -> String {
    let shown = call.direction().isolate_within(&call.part.escape(word));
    let label = match call.shown_from(1) {
        label if label.is_empty() => label,
        label => format!(" \u{2014} {label}"),
    };
    match call.part {
        Part::Text => format!("- {shown}{label}"),
        Part::Html => {
            let body = format!("{word}{}", call.letter("carrier"));
            let text = format!("**{shown}**{label}");
            call.link(call.letter("reply_to"), call.letter("reply_subject"), &body, &text, ACTION)
        }
    }
}

/// `{{form "Request meeting" "Advisor" name "Issue" "" text=(join "Ask" name)}}`: a link
/// that opens a filled-in form. In the text part the bare link, on a line of its own: most
/// mail programs make it one that opens. The letter has to say in words how to write the form.
fn form(call: &Call) -> Result<String, RenderError> {
    let values: Vec<String> =
        call.helper.params().iter().skip(1).map(|p| one_line(&p.value().render())).collect();
    let body: Vec<String> = values.chunks(2).map(|pair| pair.join(": ")).collect();
    let text = call.helper.hash_get("text").map(|p| p.value().render()).unwrap_or(call.text()?);
    let text = call.direction().isolate_within(&call.part.escape(&text));
    let (to, body) = (call.letter("contact"), body.join("\n"));
    Ok(match call.part {
        Part::Text => format!("{text}:\\\n{}", mailto(to, &call.text()?, &body)),
        Part::Html => call.link(to, &call.text()?, &body, &text, ACTION),
    })
}

/// `{{quote words}}`: what somebody wrote, line by line, as a quotation.
fn quote(call: &Call) -> Result<String, RenderError> {
    let lines = lines(&call.text()?);
    let mut out = String::new();
    for (n, line) in lines.iter().enumerate() {
        let goes_on = lines.get(n + 1).is_some_and(|next| !next.is_empty()) && !line.is_empty();
        out += if n == 0 { "> " } else { "\n> " };
        out += &call.part.escape_line(line);
        out += if goes_on && call.part == Part::Html { "\\" } else { "" };
        out.truncate(out.trim_end().len());
    }
    Ok(out)
}

/// `{{chart weeks "what it shows, in words" caption="how to read it"}}`: a picture of the weeks.
/// Nothing in the text part, where the letter has to give the numbers.
fn chart(call: &Call) -> Result<String, RenderError> {
    let address = chart::address(call.value()?).ok_or_else(|| wrong("chart needs weeks".to_owned()))?;
    Ok(match call.part {
        Part::Text => String::new(),
        Part::Html => {
            let caption = call.helper.hash_get("caption").map(|p| p.value().render()).unwrap_or_default();
            let words = call.part.escape(&call.words_from(1));
            format!("![{words}]({address} \"{CHART}\")\n\n{}", call.part.escape(&caption))
        }
    })
}

/// `{{date x}}`: a day, or the day of an instant in the reader's zone.
fn date(call: &Call) -> Result<String, RenderError> {
    Ok(call.part.escape(&call.facts.date(day_of(call)?)))
}

/// `{{day x}}`: the same without weekday and year, for tables.
fn day(call: &Call) -> Result<String, RenderError> {
    Ok(call.part.escape(&call.facts.day(day_of(call)?)))
}

fn day_of(call: &Call) -> Result<NaiveDate, RenderError> {
    let text = call.text()?;
    let zone: Tz = call.letter("zone").parse().map_err(|_| wrong("the letter has no zone".to_owned()))?;
    text.parse::<NaiveDate>()
        .or_else(|_| DateTime::parse_from_rfc3339(&text).map(|t| t.with_timezone(&zone).date_naive()))
        .map_err(|_| wrong(format!("\"{text}\" is no date")))
}

/// `{{label x}}`: a form's kind or label, or a deciding word, as this language writes it.
fn label(call: &Call) -> Result<String, RenderError> {
    let canonical = call.text()?;
    let own = call.facts.labels.get(&canonical).unwrap_or(&canonical);
    Ok(call.direction().isolate(&call.part.escape(own)))
}

/// `{{names those}}`: several people as a sentence names them, `Amina, Karim and Leila`.
fn names(call: &Call) -> Result<String, RenderError> {
    let list = call.value()?.as_array().ok_or_else(|| wrong("names needs a list".to_owned()))?;
    let name = |name: &Value| call.direction().isolate(&call.part.escape(&name.render()));
    Ok(call.facts.names(&list.iter().map(name).collect::<Vec<_>>()))
}

/// `{{plural n one="one request" other="# requests"}}`: the wording that the number takes in
/// this language, the number for `#`.
fn plural(call: &Call) -> Result<String, RenderError> {
    let n = call.value()?.as_u64().ok_or_else(|| wrong("plural needs a whole number".to_owned()))?;
    let wording = |category| call.helper.hash_get(category).map(|p| p.value().render());
    let wording = wording(call.facts.plurals.category(n)).or_else(|| wording("other"));
    let wording = wording.ok_or_else(|| wrong("plural has no wording for other".to_owned()))?;
    Ok(wording.replace('#', &n.to_string()))
}

/// `{{choose why away="…" full="…"}}`: the template's wording of one of several facts.
fn choose(call: &Call) -> Result<String, RenderError> {
    let which = call.text()?;
    let wording = call.helper.hash_get(&which).map(|p| p.value().render());
    wording.ok_or_else(|| wrong(format!("choose has no wording for \"{which}\"")))
}

/// `if` and `unless`. The crate's own take an unknown field for a false one.
struct Condition {
    wanted: bool,
}

impl HelperDef for Condition {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let holds = parameter(helper, 0)?.value().is_truthy(false) == self.wanted;
        match if holds { helper.template() } else { helper.inverse() } {
            Some(template) => template.render(registry, context, render, out),
            None => Ok(()),
        }
    }
}

/// `(eq why "away")`. The crate's own does not name the field that is missing.
struct Equal;

impl HelperDef for Equal {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let same = parameter(helper, 0)?.value() == parameter(helper, 1)?.value();
        Ok(ScopedJson::Derived(Value::Bool(same)))
    }
}

/// `(join "Ask" name)`, and `{{join areas}}` for a list, with commas as what is listed has them.
struct Join;

fn listed(list: &[Value]) -> String {
    let items: Vec<String> = list.iter().map(JsonRender::render).collect();
    let arabic =
        items.iter().all(|item| item.chars().find(|c| c.is_alphabetic()).is_some_and(is_right_to_left));
    items.join(if arabic { "، " } else { ", " })
}

impl HelperDef for Join {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let mut words = Vec::new();
        for param in helper.params() {
            refuse_missing(param)?;
            words.push(match param.value() {
                Value::Array(list) => listed(list),
                one => one.render(),
            });
        }
        Ok(ScopedJson::Derived(Value::String(words.join(" "))))
    }
}

handlebars_helper!(sum: |a: u64, b: u64| a + b);

fn parameter<'a, 'rc>(helper: &'a Helper<'rc>, n: usize) -> Result<&'a PathAndJson<'rc>, RenderError> {
    let param = helper.param(n).ok_or_else(|| wrong(format!("{} lacks what to look at", helper.name())))?;
    refuse_missing(param)?;
    Ok(param)
}

fn refuse_missing(param: &PathAndJson) -> Result<(), RenderError> {
    match param.is_value_missing() {
        true => Err(RenderError::strict_error(param.relative_path())),
        false => Ok(()),
    }
}

fn wrong(what: String) -> RenderError {
    RenderErrorReason::Other(what).into()
}
