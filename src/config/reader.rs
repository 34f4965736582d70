//! Reading a TOML table key by key: what is missing, unknown or of the wrong kind is a fault.

use super::faults::{Fault, Faults, nearest};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file being read: its faults so far, and every key that was asked for.
pub(super) struct Document<'t> {
    file: String,
    text: &'t str,
    faults: RefCell<Vec<Fault>>,
    warnings: RefCell<Vec<String>>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(file: String, text: &'t str) -> Self {
        let (faults, warnings, asked) = Default::default();
        Self { file, text, faults, warnings, asked }
    }

    /// The root of the file; what is no TOML at all is all that is said then.
    pub(super) fn parse(&self) -> Result<DeTable<'t>, Faults> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.fault(error.span(), format!("this is no TOML: {}", error.message().replace('\n', ", ")));
        }
        if errors.is_empty() { Ok(table.into_inner()) } else { Err(self.take_faults()) }
    }

    pub(super) fn fault(&self, span: Option<Range<usize>>, sentence: impl Into<String>) {
        let line = span.map(|span| self.line(span));
        self.faults.borrow_mut().push(Fault { file: self.file.clone(), line, sentence: sentence.into() });
    }

    pub(super) fn warn(&self, span: Option<Range<usize>>, sentence: &str) {
        let place = span.map_or(String::new(), |span| format!(" line {}", self.line(span)));
        self.warnings.borrow_mut().push(format!("{}{place}: {sentence}", self.file));
    }

    fn line(&self, span: Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    pub(super) fn take_faults(&self) -> Faults {
        let mut faults = self.faults.take();
        faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        faults.dedup();
        Faults(faults)
    }

    pub(super) fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// Every key that exists, as `table.key`.
    #[cfg(test)]
    pub(super) fn take_asked(&self) -> BTreeSet<String> {
        self.asked.take()
    }
}

/// A value with the place where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub value: T,
    pub span: Option<Range<usize>>,
}

/// One table; dropped only after [`Table::finish`], which finds the keys nobody asked for.
pub(super) struct Table<'d, 't> {
    pub document: &'d Document<'t>,
    /// `imap`; empty for the root.
    name: String,
    /// None where the file has no such table.
    table: Option<&'d DeTable<'t>>,
    span: Option<Range<usize>>,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'d, 't> Table<'d, 't> {
    pub(super) fn root(document: &'d Document<'t>, table: &'d DeTable<'t>) -> Self {
        Self::new(document, String::new(), Some(table), None)
    }

    fn new(
        document: &'d Document<'t>,
        name: String,
        table: Option<&'d DeTable<'t>>,
        span: Option<Range<usize>>,
    ) -> Self {
        Self { document, name, table, span, known: RefCell::default() }
    }

    /// How the table is called in a sentence.
    fn place(&self) -> String {
        if self.name.is_empty() { "the file".into() } else { format!("[{}]", self.name) }
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.known.borrow_mut().insert(key);
        let path = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        self.document.asked.borrow_mut().insert(path);
        self.table?.get(key)
    }

    /// Says that the value of a key is wrong.
    pub(super) fn fault(&self, span: Option<Range<usize>>, sentence: impl Display) {
        let span = span.or_else(|| self.span.clone());
        self.document.fault(span, sentence.to_string());
    }

    pub(super) fn warn(&self, span: Option<Range<usize>>, sentence: &str) {
        self.document.warn(span, sentence);
    }

    /// Warns of a value that changes nothing yet and does no harm.
    pub(super) fn no_effect(&self, what: &str, span: Option<Range<usize>>) {
        self.warn(span, &format!("{what} has no effect yet"));
    }

    /// As [`Table::no_effect`], of a key whose value is no longer its default.
    pub(super) fn no_effect_unless_default<T: PartialEq>(&self, key: &'static str, value: &T, default: &T) {
        if value != default {
            self.no_effect(key, self.get(key).map(Spanned::span));
        }
    }

    fn wrong_kind(&self, key: &str, value: &Spanned<DeValue<'t>>, wanted: &str) {
        let found = value.get_ref().type_str();
        self.fault(Some(value.span()), format!("{key} in {} is {wanted}, not {}", self.place(), a(found)));
    }

    /// The text of a key, if it is there.
    pub(super) fn text(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(At { value: text.trim().to_owned(), span: Some(value.span()) }),
            None => {
                self.wrong_kind(key, value, "a text in quotation marks");
                None
            }
        }
    }

    /// The text of a key that must be there and not be empty.
    pub(super) fn needed(&self, key: &'static str, example: &str) -> Option<At<String>> {
        let present = self.get(key).is_some();
        let text = self.text(key).filter(|text| !text.value.is_empty());
        if text.is_none() && !(present && self.get(key).is_some_and(|v| !v.get_ref().is_str())) {
            let span = self.get(key).map(Spanned::span);
            self.fault(span, format!("{} has no {key}; add {key} = \"{example}\"", self.place()));
        }
        text
    }

    /// The text of a key, read by `read`, whose error is the end of a sentence.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<At<T>> {
        let text = self.text(key)?;
        self.understood(key, &text, read)
    }

    pub(super) fn understood<T>(
        &self,
        key: &str,
        text: &At<String>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<At<T>> {
        match read(&text.value) {
            Ok(value) => Some(At { value, span: text.span.clone() }),
            Err(why) => {
                self.fault(text.span.clone(), format!("{key} = \"{}\": {why}", text.value));
                None
            }
        }
    }

    /// A whole number within limits, or its default.
    pub(super) fn number<N>(&self, key: &'static str, default: N, limits: RangeInclusive<N>) -> N
    where
        N: FromStr + PartialOrd + Display + Copy,
    {
        let Some(value) = self.get(key) else { return default };
        let Some(found) = integer(value) else {
            self.wrong_kind(key, value, "a whole number");
            return default;
        };
        self.within(key, &found, value.span(), &limits).unwrap_or(default)
    }

    fn within<N>(&self, key: &str, found: &str, span: Range<usize>, limits: &RangeInclusive<N>) -> Option<N>
    where
        N: FromStr + PartialOrd + Display + Copy,
    {
        let number = found.parse().ok().filter(|n| limits.contains(n));
        if number.is_none() {
            let (low, high) = (limits.start(), limits.end());
            self.fault(Some(span), format!("{key} = {found} is out of reach; it goes from {low} to {high}"));
        }
        number
    }

    /// A list of whole numbers.
    pub(super) fn numbers(&self, key: &'static str, limits: &RangeInclusive<u32>) -> Option<At<Vec<u32>>> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_kind(key, value, "a list of whole numbers");
            return None;
        };
        let read = |item: &Spanned<DeValue<'t>>| match integer(item) {
            Some(found) => self.within(key, &found, item.span(), limits),
            None => {
                self.wrong_kind(key, item, "a list of whole numbers");
                None
            }
        };
        let numbers: Vec<u32> = list.iter().filter_map(read).collect();
        Some(At { value: numbers, span: Some(value.span()) })
    }

    /// A list of texts; empty where the key is absent.
    pub(super) fn list(&self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_kind(key, value, "a list of texts, [\"…\", \"…\"]");
            return None;
        };
        let read = |item: &Spanned<DeValue<'t>>| {
            let text = item.get_ref().as_str();
            if text.is_none() {
                self.wrong_kind(key, item, "a list of texts");
            }
            text.map(|text| At { value: text.trim().to_owned(), span: Some(item.span()) })
        };
        Some(list.iter().filter_map(read).collect())
    }

    /// Whether a key says true.
    pub(super) fn flag(&self, key: &'static str) -> Option<At<bool>> {
        let value = self.get(key)?;
        let Some(flag) = value.get_ref().as_bool() else {
            self.wrong_kind(key, value, "true or false");
            return None;
        };
        Some(At { value: flag, span: Some(value.span()) })
    }

    /// A table of the root; an absent one reads as empty.
    pub(super) fn table(&self, key: &'static str) -> Table<'d, 't> {
        let value = self.get(key);
        let table = value.and_then(|v| v.get_ref().as_table());
        if let Some(value) = value.filter(|_| table.is_none()) {
            self.wrong_kind(key, value, &format!("a table, [{key}]"));
        }
        Self::new(self.document, self.path(key), table, value.map(Spanned::span))
    }

    /// The tables of a list, `[[staff]]`.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'d, 't>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.wrong_kind(key, value, &format!("a list of tables, [[{key}]]"));
        }
        let table = |item: &'d Spanned<DeValue<'t>>| {
            let table = item.get_ref().as_table();
            if table.is_none() {
                self.wrong_kind(key, item, &format!("a list of tables, [[{key}]]"));
            }
            table.map(|table| Self::new(self.document, self.path(key), Some(table), Some(item.span())))
        };
        list.into_iter().flatten().filter_map(table).collect()
    }

    /// Whether a key is written at all.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Every key with its text, where the keys are the writer's own; blank ones say nothing.
    pub(super) fn entries(&self) -> Vec<(String, At<String>)> {
        let mut entries = Vec::new();
        for (key, value) in self.table.into_iter().flatten() {
            let name = key.get_ref().trim().to_owned();
            match value.get_ref().as_str() {
                Some(text) if !name.is_empty() && !text.trim().is_empty() => {
                    entries.push((name, At { value: text.trim().to_owned(), span: Some(value.span()) }));
                }
                Some(_) => self.fault(Some(value.span()), format!("an empty label in {}", self.place())),
                None => self.wrong_kind(&name, value, "a text in quotation marks"),
            }
        }
        entries
    }

    pub(super) fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Every key that nobody asked for is a fault that names the nearest one.
    pub(super) fn finish(&self) {
        let known = self.known.borrow();
        for (key, _) in self.table.into_iter().flatten() {
            let (name, span) = (key.get_ref().as_ref(), Some(key.span()));
            if known.contains(name) {
                continue;
            }
            let meant = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("it knows {}", known.iter().copied().collect::<Vec<_>>().join(", ")),
            };
            match self.name.is_empty() {
                true => self.fault(span, format!("there is no table [{name}]; {meant}")),
                false => self.fault(span, format!("no key \"{name}\" in {}; {meant}", self.place())),
            }
        }
    }
}

/// The value read, or its default.
pub(super) fn or<T>(value: Option<At<T>>, default: T) -> T {
    value.map_or(default, |at| at.value)
}

fn integer(value: &Spanned<DeValue<'_>>) -> Option<String> {
    let integer = value.get_ref().as_integer().filter(|integer| integer.radix() == 10)?;
    Some(integer.as_str().replace('_', ""))
}

/// `an integer`, `a boolean`.
fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
