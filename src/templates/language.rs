//! One language: its letters, and how it writes dates and labels.

use super::bidi::Direction;
use super::files::{File, Files};
use super::helpers::{Part, registry, registry_of_pages};
use super::plural::{Plurals, one_and_other};
use super::{LAYOUT, TemplateError};
use chrono::{Datelike, NaiveDate};
use handlebars::{Handlebars, Template};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// `templates/<tag>/language.toml`, and what letters need of `words.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// `ltr` or `rtl`, as HTML's `dir` has it.
    pub direction: String,
    /// A date, with `{weekday}`, `{day}`, `{month}` and `{year}`.
    pub date: String,
    /// The same for tables, without weekday and year.
    #[serde(default = "day_and_month")]
    pub day: String,
    /// From Monday.
    pub weekdays: [String; 7],
    /// From January.
    pub months: [String; 12],
    /// The same for tables, where a telephone has no room for `september` and five numbers.
    pub short_months: Option<[String; 12]>,
    /// What stands before the last of several names.
    #[serde(default = "ampersand")]
    pub and: String,
    /// Whether that is written onto the name, without a space.
    #[serde(default)]
    pub and_is_a_prefix: bool,
    /// What stands between the others.
    #[serde(default = "comma")]
    pub comma: String,
    /// Which wording of `{{plural}}` a number takes.
    #[serde(default = "one_and_other")]
    pub plurals: Plurals,
    /// How the first of a month is written, where it is not `1`.
    pub first: Option<String>,
    /// Marks that an ordinary space of a template must not part from the word before it.
    #[serde(default)]
    pub no_break_before: String,
    /// The same, from the word after it.
    #[serde(default)]
    pub no_break_after: String,
    /// Canonical kind, label or word → this language's.
    #[serde(skip)]
    pub labels: BTreeMap<String, String>,
}

impl Facts {
    /// The day in words, e.g. `Friday 4 December 2026`.
    pub fn date(&self, day: NaiveDate) -> String {
        self.write(&self.date, day, &self.months)
    }

    /// The day of a year that is known, e.g. `4 December`.
    pub fn day(&self, day: NaiveDate) -> String {
        self.write(&self.day, day, self.short_months.as_ref().unwrap_or(&self.months))
    }

    fn write(&self, pattern: &str, day: NaiveDate, months: &[String; 12]) -> String {
        let number = day.day().to_string();
        let number = self.first.clone().filter(|_| day.day() == 1).unwrap_or(number);
        pattern
            .replace("{weekday}", &self.weekdays[day.weekday().num_days_from_monday() as usize])
            .replace("{day}", &number)
            .replace("{month}", &months[day.month0() as usize])
            .replace("{year}", &day.year().to_string())
    }

    /// The way its letters are written.
    pub fn direction(&self) -> Direction {
        Direction::named(&self.direction)
    }

    /// Several names, as a sentence has them.
    pub fn names(&self, names: &[String]) -> String {
        let space = if self.and_is_a_prefix { "" } else { " " };
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                let rest = rest.join(&format!("{} ", self.comma));
                format!("{rest} {}{space}{last}", self.and)
            }
            _ => names.concat(),
        }
    }

    /// A template with its no-break spaces: they cannot be told apart in an editor, so
    /// templates are written without.
    pub fn bound(&self, template: &str) -> String {
        let mut bound = template.to_owned();
        for mark in self.no_break_before.chars() {
            bound = bound.replace(&format!(" {mark}"), &format!("\u{a0}{mark}"));
        }
        for mark in self.no_break_after.chars() {
            bound = bound.replace(&format!("{mark} "), &format!("{mark}\u{a0}"));
        }
        bound
    }
}

fn ampersand() -> String {
    "&".to_owned()
}

fn comma() -> String {
    ",".to_owned()
}

fn day_and_month() -> String {
    "{day} {month}".to_owned()
}

/// The letters of one language. Each is compiled when it is first written, and so are the partials that
/// it needs: of some hundred letters a network sends a dozen every day, and several once in a year.
pub struct Language {
    pub tag: String,
    pub facts: Arc<Facts>,
    /// Helpers for either part, and for what surrounds the HTML part.
    pub text: Handlebars<'static>,
    pub html: Handlebars<'static>,
    pub page: Handlebars<'static>,
    letters: BTreeMap<String, Letter>,
    /// By name without the `_` that their files begin with.
    partials: BTreeMap<String, Partial>,
    layout: Partial,
}

struct Letter {
    file: File,
    wording: OnceLock<Wording>,
}

/// What letters share.
struct Partial {
    file: File,
    template: OnceLock<Template>,
}

/// A letter's templates: one compilation serves both parts of the mail.
pub struct Wording {
    pub subject: Template,
    pub body: Template,
    /// What these two and the footer include, and what that includes.
    pub partials: Vec<String>,
}

impl Partial {
    fn new(file: &File) -> Self {
        Self { file: file.clone(), template: OnceLock::new() }
    }
}

impl Language {
    /// Takes every `<tag>/*.md` of `files`. `fallback` is where a language without its own
    /// `language.toml` takes dates from.
    pub fn read(tag: &str, files: &Files, fallback: &str) -> Result<Self, TemplateError> {
        let facts = Arc::new(facts(tag, files, fallback)?);
        let (mut letters, mut partials) = (BTreeMap::new(), BTreeMap::new());
        for (name, file) in files.letters(tag) {
            match name.strip_prefix('_') {
                Some(partial) => drop(partials.insert(partial.to_owned(), Partial::new(file))),
                None => {
                    let letter = Letter { file: file.clone(), wording: OnceLock::new() };
                    letters.insert(name.to_owned(), letter);
                }
            }
        }
        let layout = Partial::new(files.get(LAYOUT).ok_or_else(|| TemplateError::absent(LAYOUT))?);
        let (text, html) = (registry(Part::Text, &facts), registry(Part::Html, &facts));
        let page = registry_of_pages(&facts);
        Ok(Self { tag: tag.to_owned(), facts, text, html, page, letters, partials, layout })
    }

    /// Compiles all of it, so that no file's mistake is left for a letter that needs it.
    pub fn compile(&self) -> Result<(), TemplateError> {
        self.layout()?;
        self.partials.keys().try_for_each(|name| self.partial(name).map(drop))?;
        self.letters.keys().try_for_each(|name| self.wording(name).map(drop))
    }

    pub fn has(&self, letter: &str) -> bool {
        self.letters.contains_key(letter)
    }

    /// The letter's templates.
    pub fn wording(&self, letter: &str) -> Result<&Wording, TemplateError> {
        let path = || format!("{}/{letter}.md", self.tag);
        let Letter { file, wording } =
            self.letters.get(letter).ok_or_else(|| TemplateError::absent(&path()))?;
        if let Some(compiled) = wording.get() {
            return Ok(compiled);
        }
        let (subject, body) = front_matter(file)?;
        let compiled = Wording {
            subject: self.template(&subject_of(letter), file, 0, subject)?,
            body: self.template(letter, file, FRONT_MATTER, body)?,
            partials: self.included(&file.content),
        };
        Ok(wording.get_or_init(|| compiled))
    }

    /// What letters include by this name.
    pub fn partial(&self, name: &str) -> Result<&Template, TemplateError> {
        let partial = self.partials.get(name);
        let Partial { file, template } =
            partial.ok_or_else(|| TemplateError::absent(&format!("{}/_{name}.md", self.tag)))?;
        if let Some(compiled) = template.get() {
            return Ok(compiled);
        }
        let compiled = self.template(name, file, 0, &file.content)?;
        Ok(template.get_or_init(|| compiled))
    }

    /// What surrounds every HTML part.
    pub fn layout(&self) -> Result<&Template, TemplateError> {
        let Partial { file, template } = &self.layout;
        if let Some(compiled) = template.get() {
            return Ok(compiled);
        }
        let compiled = compile(LAYOUT, file, 0, &file.content)?;
        Ok(template.get_or_init(|| compiled))
    }

    /// The partials that a letter may include, directly or by another. A name within a comment makes
    /// one too many, which does no harm; one that is only known when the letter is rendered,
    /// `{{> (lookup …)}}`, needs them all.
    fn included(&self, letter: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut look_at = vec![letter, "{{> footer}}"];
        while let Some(template) = look_at.pop() {
            let named = named_partials(template);
            let dynamic = named.iter().any(|name| name.contains(['(', '[', '\'', '"']));
            let meant = self.partials.iter().filter(|(name, _)| dynamic || named.contains(&name.as_str()));
            for (name, partial) in meant {
                if found.insert(name.clone()) {
                    look_at.push(&partial.file.content);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Where in the files a rendering went wrong.
    pub fn place(&self, template: &str, line: usize) -> String {
        let letter = template.strip_suffix(SUBJECT).unwrap_or(template);
        let partial = || Some((&self.partials.get(template)?.file, 0));
        let letter_file = self.letters.get(letter).map(|letter| (&letter.file, FRONT_MATTER));
        let layout = || (template == LAYOUT).then_some((&self.layout.file, 0));
        match letter_file.or_else(partial).or_else(layout) {
            Some((file, _)) if letter != template => format!("{} line 2", file.shown),
            Some((file, before)) => format!("{} line {}", file.shown, before + line),
            None => format!("{template} line {line}"),
        }
    }

    fn template(
        &self,
        name: &str,
        file: &File,
        offset: usize,
        body: &str,
    ) -> Result<Template, TemplateError> {
        refuse_unescaped(file, offset, body)?;
        compile(name, file, offset, &self.facts.bound(body))
    }
}

fn compile(name: &str, file: &File, offset: usize, body: &str) -> Result<Template, TemplateError> {
    Template::compile_with_name(body, name.to_owned()).map_err(|error| {
        let line = error.pos().map_or(1, |(line, _)| line);
        let place = format!("{} line {}", file.shown, offset + line);
        TemplateError::Broken { place, why: error.reason().to_string() }
    })
}

/// What stands after each `{{>` and `{{#>`.
fn named_partials(template: &str) -> Vec<&str> {
    let tags = template.split("{{").skip(1);
    tags.filter_map(|tag| {
        let tag = tag.trim_start_matches(|c: char| c.is_whitespace() || c == '~');
        let tag = tag.strip_prefix('#').unwrap_or(tag).trim_start().strip_prefix('>')?.trim_start();
        Some(tag.split(|c: char| c.is_whitespace() || matches!(c, '}' | '~')).next().unwrap_or_default())
    })
    .collect()
}

/// What a letter's name ends with as the name of its subject's template.
const SUBJECT: &str = "#subject";

fn subject_of(letter: &str) -> String {
    format!("{letter}{SUBJECT}")
}

/// The lines of front matter before a letter's body.
const FRONT_MATTER: usize = 3;

/// ```text
/// ---
/// subject: {{advisee}} asks for your advice
/// ---
/// ```
fn front_matter(file: &File) -> Result<(&str, &str), TemplateError> {
    let parts = file
        .content
        .strip_prefix("---\nsubject: ")
        .and_then(|rest| rest.split_once('\n'))
        .and_then(|(subject, rest)| Some((subject, rest.strip_prefix("---\n")?)));
    parts.filter(|(subject, _)| !subject.trim().is_empty()).ok_or_else(|| TemplateError::Broken {
        place: format!("{} line 1", file.shown),
        why: "a letter begins with three lines: ---, subject: …, ---".to_owned(),
    })
}

/// `{{{x}}}` and `{{&x}}` would let people's words in as markup.
fn refuse_unescaped(file: &File, offset: usize, body: &str) -> Result<(), TemplateError> {
    let bad = |line: &str| line.contains("{{{") || line.contains("{{&") || line.contains("{{~&");
    match body.lines().position(bad) {
        Some(line) => Err(TemplateError::Broken {
            place: format!("{} line {}", file.shown, offset + line + 1),
            why: "{{{ }}} and {{& }} would show people's words as markup; write {{ }}".to_owned(),
        }),
        None => Ok(()),
    }
}

fn facts(tag: &str, files: &Files, fallback: &str) -> Result<Facts, TemplateError> {
    let own = format!("{tag}/language.toml");
    let other = format!("{fallback}/language.toml");
    let file = files.get(&own).or_else(|| files.get(&other)).ok_or_else(|| TemplateError::absent(&own))?;
    let mut facts: Facts = toml::from_str(&file.content).map_err(|error| TemplateError::Broken {
        place: file.shown.clone(),
        why: error.to_string().trim().replace('\n', " "),
    })?;
    facts.labels = labels(tag, files)?;
    Ok(facts)
}

/// The first spelling of each kind, label and word in `words.toml`, as it begins a line.
fn labels(tag: &str, files: &Files) -> Result<BTreeMap<String, String>, TemplateError> {
    let Some(file) = files.get(&format!("{tag}/words.toml")) else { return Ok(BTreeMap::new()) };
    let table: toml::Table = file.content.parse().map_err(|error: toml::de::Error| {
        TemplateError::Broken { place: file.shown.clone(), why: error.message().to_owned() }
    })?;
    let named =
        ["kinds", "labels", "words"].into_iter().filter_map(|key| table.get(key)?.as_table()).flatten();
    // A number is itself in every language.
    let named = named.filter(|(canonical, _)| canonical.parse::<u8>().is_err());
    Ok(named
        .filter_map(|(canonical, spellings)| {
            let first = spellings.as_array()?.first()?.as_str()?;
            Some((canonical.clone(), if tag == "en" { canonical.clone() } else { capital(first) }))
        })
        .collect())
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_is_found_however_its_tag_is_written() {
        let template = "{{>a}} {{~> b ~}} {{#> c x=1}}{{/c}} {{ > d}} {{e}} > f {{#if (eq g \">\")}}{{/if}} {{> (lookup h i)}}";
        assert_eq!(named_partials(template), ["a", "b", "c", "d", "(lookup"]);
    }
}
