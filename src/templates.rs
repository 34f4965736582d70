//! The letters' wording: load, check and render `templates/`; a letter becomes a mail.
//!
//! One Markdown + Handlebars file per letter and language. It is rendered twice, as the
//! text part and, with people's words escaped for it, as the HTML part.
//!
//! A wrong field shall be found at start and not when somebody waits for an answer. So in every
//! language in which a file of the operator's takes part, each letter is rendered with samples when
//! the templates are loaded. A language that is wholly ours cannot differ from what the tests have
//! rendered: its letters are compiled when they are first written, and `check` renders them too.

pub mod bidi;
mod calendar;
mod chart;
mod data;
mod failures;
mod files;
mod headers;
mod helpers;
mod html;
mod language;
mod plural;
mod render;
mod text;

use crate::mail::address::AddrSpec;
use crate::mail::compose::Outline;
use crate::mail::form::WordsFile;
use crate::mail::message_id::MessageId;
use crate::program::batch::{Compose, Mail};
use crate::program::letter::Addressed;
use crate::program::letter_samples::samples;
use crate::program::record::Timestamp;
use crate::program::rules::Rules;
use files::Files;
use language::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

pub use failures::{Failed, Failures};
pub use render::Rendered;
pub use text::COLUMNS;

/// The language that every letter is shipped in.
pub const DEFAULT_LANGUAGE: &str = "en";
/// What surrounds every HTML part.
const LAYOUT: &str = "layout.html";

/// Who writes the letters.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The network's name.
    pub network: String,
    /// The contact address.
    pub contact: AddrSpec,
    /// The subaddress separator; empty where the server has none.
    pub subaddress: String,
    /// Whether the reverse-path names the letter (`return_path = "detail"`).
    pub return_path_detail: bool,
    /// One sentence and where the policy is; empty says nothing.
    pub privacy: String,
    /// The languages of the network, by tag; with more than one, each letter says so.
    pub languages: Vec<String>,
    /// RFC 2919 list identifier of the digest, e.g. `digest.network.example`; empty
    /// makes it from the contact address.
    pub list_id: String,
}

impl Identity {
    /// As the rules and the configuration have it.
    pub fn of(rules: &Rules, return_path_detail: bool, privacy: &str) -> Self {
        Self {
            network: rules.network.clone(),
            contact: rules.address.clone(),
            subaddress: rules.subaddress.clone(),
            return_path_detail,
            privacy: privacy.to_owned(),
            languages: rules.languages.clone(),
            list_id: String::new(),
        }
    }
}

/// All letters of the configured languages.
pub struct Templates {
    identity: Identity,
    /// With the operator's own files.
    languages: BTreeMap<String, Language>,
    /// As shipped, for when the operator's fail: the languages in which there are any.
    shipped: BTreeMap<String, Language>,
    /// The network's first language: that of letters which the reader's own lacks.
    first: String,
    failures: Failures,
}

/// Something about the templates that works, and should be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(pub String);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a template, and where.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("{place}: no field {field}{}", hint(.nearest))]
    UnknownField { place: String, field: String, nearest: Option<String> },
    #[error("{place}: {why}")]
    Broken { place: String, why: String },
    #[error("cannot read {path}: {why}")]
    Unreadable { path: String, why: String },
}

impl TemplateError {
    fn absent(path: &str) -> Self {
        Self::Broken { place: format!("templates/{path}"), why: "the file is missing".to_owned() }
    }
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or(String::new(), |name| format!("; did you mean {name}?"))
}

impl Templates {
    /// Reads the letters of these languages. Where a file of the operator's stands among a language's,
    /// each of its letters is rendered with every sample.
    ///
    /// A letter that a language lacks is sent in the first of `languages`, else in English,
    /// with a warning. Files in
    /// `override_dir` (`<language>/<name>.md`) take the place of shipped ones; one that
    /// cannot be rendered is an error.
    pub fn load(
        languages: &[String],
        override_dir: Option<&Path>,
        identity: Identity,
    ) -> Result<(Self, Vec<Warning>), TemplateError> {
        let shipped = Files::shipped();
        let mut files = shipped.clone();
        let taken = match override_dir {
            Some(folder) => files.replace_from(folder)?,
            None => BTreeSet::new(),
        };
        let mut wanted: BTreeSet<&str> =
            languages.iter().flat_map(|tag| [tag.as_str(), primary(tag)]).collect();
        wanted.insert(DEFAULT_LANGUAGE);
        let first = languages.first().map_or(DEFAULT_LANGUAGE, String::as_str).to_owned();
        let languages_read = read(&files, |tag| wanted.contains(tag))?;
        let shipped = read(&shipped, |tag| wanted.contains(tag) && is_touched(tag, &taken))?;
        let failures = Failures::default();
        let templates = Self { identity, languages: languages_read, shipped, first, failures };
        let samples = samples();
        templates.check(&samples, |tag| is_touched(tag, &taken))?;
        let names = samples.iter().map(|sample| sample.letter.template()).collect();
        let mut warnings = templates.gaps(languages, &names);
        warnings.extend(strangers(&taken, &names));
        Ok((templates, warnings))
    }

    /// Renders every letter of every language with every sample, those that are built in as well.
    pub fn prove(&self) -> Result<(), TemplateError> {
        let samples = samples();
        self.check(&samples, |_| true)?;
        self.shipped.values().try_for_each(|language| self.check_language(language, &samples))
    }

    /// Words the letter: subject with its reference, text part, HTML part.
    pub fn render(&self, letter: &Addressed) -> Result<Rendered, TemplateError> {
        let mut fault = None;
        for language in self.candidates(letter) {
            match language.render(letter, &self.identity) {
                Ok(rendered) => return Ok(rendered),
                Err(error) => {
                    self.failures.note(letter.letter.template(), &error.to_string());
                    fault.get_or_insert(error);
                }
            }
        }
        Err(fault.unwrap_or_else(|| TemplateError::absent(&format!("en/{}.md", letter.letter.template()))))
    }

    /// Which templates have failed in life; it goes on telling while these are in use elsewhere.
    pub fn failures(&self) -> Failures {
        self.failures.clone()
    }

    /// Where a letter may be found, best first: the operator's wording, ours in the same
    /// language, then both in the network's first language, and in English.
    fn candidates(&self, letter: &Addressed) -> Vec<&Language> {
        let name = letter.letter.template();
        let spoken = [letter.language.as_str(), self.first.as_str(), DEFAULT_LANGUAGE];
        let mut tags: Vec<&str> = Vec::new();
        for tag in spoken.into_iter().flat_map(|tag| [tag, primary(tag)]) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let found = tags.iter().flat_map(|tag| [self.languages.get(*tag), self.shipped.get(*tag)]);
        found.flatten().filter(|language| language.has(name)).collect()
    }

    /// Every letter of these languages, as it is and not as it would fall back; and that there is one
    /// for everything we may have to say.
    fn check(&self, samples: &[Addressed], rendered: impl Fn(&str) -> bool) -> Result<(), TemplateError> {
        for language in self.languages.values().filter(|language| rendered(&language.tag)) {
            self.check_language(language, samples)?;
        }
        let english = &self.languages[DEFAULT_LANGUAGE];
        match samples.iter().map(|sample| sample.letter.template()).find(|name| !english.has(name)) {
            Some(missing) => Err(TemplateError::absent(&format!("en/{missing}.md"))),
            None => Ok(()),
        }
    }

    fn check_language(&self, language: &Language, samples: &[Addressed]) -> Result<(), TemplateError> {
        language.compile()?;
        let mut own = samples.iter().filter(|sample| language.has(sample.letter.template()));
        own.try_for_each(|sample| language.render(sample, &self.identity).map(drop))
    }

    fn gaps(&self, languages: &[String], all: &BTreeSet<&str>) -> Vec<Warning> {
        languages.iter().flat_map(|tag| self.gaps_of(tag, all)).map(Warning).collect()
    }

    /// The letters a language lacks, by the language they are sent in instead.
    fn gaps_of(&self, tag: &str, all: &BTreeSet<&str>) -> Vec<String> {
        let Some(language) = self.language(tag) else {
            let other =
                if self.language(&self.first).is_some() { self.first.as_str() } else { DEFAULT_LANGUAGE };
            return vec![format!(
                "there are no letters in \"{tag}\": its readers get them in {}",
                named(other)
            )];
        };
        let missing = all.iter().copied().filter(|name| !language.has(name));
        let of_first = |name: &&str| self.language(&self.first).is_some_and(|first| first.has(name));
        let (first, english): (Vec<&str>, Vec<&str>) = missing.partition(of_first);
        let lacks = |(names, other): (Vec<&str>, &str)| {
            let text = format!("\"{tag}\" lacks {}: sent in {}", names.join(", "), named(other));
            (!names.is_empty()).then_some(text)
        };
        [(first, self.first.as_str()), (english, DEFAULT_LANGUAGE)].into_iter().filter_map(lacks).collect()
    }

    /// The letters that readers of this language get: `fr-CA` reads French.
    fn language(&self, tag: &str) -> Option<&Language> {
        self.languages.get(tag).or_else(|| self.languages.get(primary(tag)))
    }
}

impl Compose for Templates {
    type Error = TemplateError;

    fn compose(&self, letter: &Addressed, id: &MessageId, now: Timestamp) -> Result<Mail, TemplateError> {
        let rendered = self.render(letter)?;
        let calendar = calendar::part(letter, &rendered, &self.identity, now);
        let outline = Outline {
            from: headers::from(letter, &self.identity),
            to: &letter.to,
            reply_to: headers::reply_to(letter, &self.identity),
            subject: &rendered.subject,
            date: now,
            message_id: id,
            in_reply_to: letter.answers.as_ref().map(|answered| &answered.message_id),
            references: headers::references(letter, &self.identity),
            fields: headers::fields(letter, &self.identity),
            language: &rendered.language,
            text: &rendered.text,
            html: &rendered.html,
            pictures: &rendered.pictures,
            calendar: calendar.as_ref(),
        };
        Ok(Mail {
            message_id: id.clone(),
            reverse_path: Some(headers::reverse_path(id, &self.identity)),
            recipients: letter.to.iter().map(|mailbox| mailbox.address.clone()).collect(),
            names: letter.to.iter().map(|mailbox| mailbox.name.clone().unwrap_or_default()).collect(),
            bytes: outline.bytes(),
            held: false,
            cause: Default::default(),
            subject: rendered.subject.clone(),
            template: letter.letter.template(),
            class: letter.letter.class(),
            urgency: letter.letter.urgency(),
            case: letter.thread.as_ref().map(|thread| thread.reference.clone()),
        })
    }
}

/// The languages that letters are shipped in.
pub fn languages() -> Vec<String> {
    Files::shipped().languages()
}

/// The words of these languages, and the English ones, which always work; an operator's
/// own files come first.
pub fn words_files(
    languages: &[String],
    override_dir: Option<&Path>,
) -> Result<Vec<WordsFile>, TemplateError> {
    let mut files = Files::shipped();
    if let Some(folder) = override_dir {
        files.replace_from(folder)?;
    }
    let spoken = languages.iter().map(String::as_str).filter(|tag| *tag != DEFAULT_LANGUAGE);
    let file = |tag: &str| files.get(&format!("{tag}/words.toml"));
    let found = std::iter::once(DEFAULT_LANGUAGE).chain(spoken).filter_map(|tag| {
        let file = file(tag).or_else(|| file(primary(tag)).filter(|_| primary(tag) != DEFAULT_LANGUAGE))?;
        Some(words_of(tag, file))
    });
    found.collect()
}

fn words_of(tag: &str, file: &files::File) -> Result<WordsFile, TemplateError> {
    let broken = |e: toml::de::Error| TemplateError::Broken { place: file.shown.clone(), why: e.to_string() };
    let words: WordsFile = toml::from_str(&file.content).map_err(broken)?;
    Ok(WordsFile { language: tag.to_owned(), shown: file.shown.clone(), ..words })
}

/// The language alone, of `fr-CA` (RFC 5646 §2.2.1).
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// A language as operators are told it.
fn named(tag: &str) -> String {
    if tag == DEFAULT_LANGUAGE { "English".to_owned() } else { format!("\"{tag}\"") }
}

/// Files of an operator that take no letter's place: most likely misspelt.
fn strangers(taken: &BTreeSet<String>, letters: &BTreeSet<&str>) -> Vec<Warning> {
    let strange = |path: &&String| {
        let name = path.split_once('/').map_or(path.as_str(), |(_, file)| file);
        let letter = name.strip_suffix(".md").unwrap_or_default();
        !name.starts_with('_') && name.ends_with(".md") && !letters.contains(letter)
    };
    let warning = |path: &String| {
        let letter = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
        let near = render::nearest(letter, letters.iter().copied());
        Warning(format!("{path} is no letter's file{}", hint(&near)))
    };
    taken.iter().filter(strange).map(warning).collect()
}

fn read(files: &Files, wanted: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Language>, TemplateError> {
    let there = files.languages().into_iter().filter(|tag| wanted(tag));
    there.map(|tag| Ok((tag.clone(), Language::read(&tag, files, DEFAULT_LANGUAGE)?))).collect()
}

/// Whether a file of the operator's has to do with the letters of this language; one that stands
/// beside the languages, such as the layout, has to do with all.
fn is_touched(tag: &str, taken: &BTreeSet<String>) -> bool {
    taken.iter().any(|path| path.split_once('/').is_none_or(|(of, _)| of == tag))
}
