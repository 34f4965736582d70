//! One language: its letters, and how it writes dates and labels.

use super::bidi::Direction;
use super::files::{File, Files};
use super::helpers::{Part, registry, registry_of_pages};
use super::plural::{Plurals, one_and_other};
use super::{LAYOUT, TemplateError};
use chrono::{Datelike, NaiveDate};
use handlebars::Handlebars;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// The letters of one language, ready to be rendered.
pub struct Language {
    pub tag: String,
    pub facts: Arc<Facts>,
    pub text: Handlebars<'static>,
    pub html: Handlebars<'static>,
    /// What surrounds every HTML part.
    pub page: Handlebars<'static>,
    /// By name: where a letter's lines are found.
    sources: BTreeMap<String, Source>,
}

/// Where a template was read, for telling people.
struct Source {
    shown: String,
    /// Lines of front matter before the body.
    offset: usize,
}

impl Language {
    /// Reads every `<tag>/*.md` of `files`. `fallback` is where a language without its own
    /// `language.toml` takes dates from.
    pub fn read(tag: &str, files: &Files, fallback: &str) -> Result<Self, TemplateError> {
        let facts = Arc::new(facts(tag, files, fallback)?);
        let mut language = Self {
            tag: tag.to_owned(),
            text: registry(Part::Text, &facts),
            html: registry(Part::Html, &facts),
            page: registry_of_pages(&facts),
            facts,
            sources: BTreeMap::new(),
        };
        for (name, file) in files.letters(tag) {
            match name.strip_prefix('_') {
                Some(partial) => language.add(partial, file, 0, &file.content)?,
                None => language.add_letter(name, file)?,
            }
        }
        let layout = files.get(LAYOUT).ok_or_else(|| TemplateError::absent(LAYOUT))?;
        language.add_layout(layout)?;
        Ok(language)
    }

    pub fn has(&self, letter: &str) -> bool {
        self.text.has_template(&subject_of(letter))
    }

    /// Where in the files a rendering went wrong.
    pub fn place(&self, template: &str, line: usize) -> String {
        let name = template.strip_suffix("#subject").unwrap_or(template);
        match self.sources.get(name) {
            Some(source) if name != template => format!("{} line 2", source.shown),
            Some(source) => format!("{} line {}", source.shown, source.offset + line),
            None => format!("{template} line {line}"),
        }
    }

    fn add_letter(&mut self, name: &str, file: &File) -> Result<(), TemplateError> {
        let (subject, body) = front_matter(file)?;
        let offset = file.content.lines().count() - body.lines().count();
        self.add(&subject_of(name), file, 0, subject)?;
        self.add(name, file, offset, body)
    }

    fn add(&mut self, name: &str, file: &File, offset: usize, body: &str) -> Result<(), TemplateError> {
        refuse_unescaped(file, offset, body)?;
        let body = self.facts.bound(body);
        if !name.ends_with("#subject") {
            self.sources.insert(name.to_owned(), Source { shown: file.shown.clone(), offset });
        }
        for registry in [&mut self.text, &mut self.html] {
            registry.register_template_string(name, &body).map_err(|error| broken(file, offset, &error))?;
        }
        Ok(())
    }

    fn add_layout(&mut self, file: &File) -> Result<(), TemplateError> {
        self.sources.insert(LAYOUT.to_owned(), Source { shown: file.shown.clone(), offset: 0 });
        let added = self.page.register_template_string(LAYOUT, &file.content);
        added.map_err(|error| broken(file, 0, &error))
    }
}

fn broken(file: &File, offset: usize, error: &handlebars::TemplateError) -> TemplateError {
    let line = error.pos().map_or(1, |(line, _)| line);
    let place = format!("{} line {}", file.shown, offset + line);
    TemplateError::Broken { place, why: error.reason().to_string() }
}

/// The name under which a letter's subject is a template.
pub fn subject_of(letter: &str) -> String {
    format!("{letter}#subject")
}

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
