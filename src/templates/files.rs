//! The template files: those built in, and an operator's own that take their place.

use super::TemplateError;
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

static SHIPPED: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A file's text, and its path as people are told it. Those built in are read where they stand
/// in the program: most of them are never needed.
#[derive(Clone, Debug)]
pub struct File {
    pub shown: String,
    pub content: Cow<'static, str>,
}

/// By path below `templates/`: `en/welcome-advisor.md`.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, File>);

impl Files {
    /// The files built into the program.
    pub fn shipped() -> Self {
        let mut files = Self::default();
        files.embed(&SHIPPED);
        files
    }

    fn embed(&mut self, dir: &Dir<'static>) {
        for file in dir.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let content = String::from_utf8_lossy(file.contents());
            self.put(path.clone(), format!("templates/{path}"), content);
        }
        dir.dirs().for_each(|dir| self.embed(dir));
    }

    /// Takes `folder/<language>/*` and `folder/*` in place of the files of the same name.
    /// Returns the paths taken.
    pub fn replace_from(&mut self, folder: &Path) -> Result<BTreeSet<String>, TemplateError> {
        let mut taken = BTreeSet::new();
        for entry in entries(folder)? {
            let (inside, prefix) = match entry.is_dir() {
                true => (entries(&entry)?, format!("{}/", file_name(&entry))),
                false => (vec![entry], String::new()),
            };
            for path in inside {
                let below = format!("{prefix}{}", file_name(&path));
                if [".md", ".html", ".toml"].iter().any(|kind| below.ends_with(kind)) {
                    let content = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, &e))?;
                    self.put(below.clone(), path.display().to_string(), content.into());
                    taken.insert(below);
                }
            }
        }
        Ok(taken)
    }

    fn put(&mut self, path: String, shown: String, content: Cow<'static, str>) {
        let content = match content.starts_with('\u{feff}') || content.contains("\r\n") {
            true => content.trim_start_matches('\u{feff}').replace("\r\n", "\n").into(),
            false => content,
        };
        self.0.insert(path, File { shown, content });
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// The languages that have letters.
    pub fn languages(&self) -> Vec<String> {
        let tags = self.0.keys().filter(|path| path.ends_with(".md"));
        let tags: BTreeSet<&str> = tags.filter_map(|path| Some(path.split_once('/')?.0)).collect();
        tags.into_iter().map(str::to_owned).collect()
    }

    /// `name` without `.md`, of the letters and partials of a language.
    pub fn letters<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = (&'a str, &'a File)> {
        self.0.iter().filter_map(move |(path, file)| {
            let name = path.strip_prefix(tag)?.strip_prefix('/')?.strip_suffix(".md")?;
            Some((name, file))
        })
    }
}

/// Sorted, so that every machine reads them in the same order; hidden files are not ours.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let read = std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))?;
    let mut paths = Vec::new();
    for entry in read {
        paths.push(entry.map_err(|e| unreadable(folder, &e))?.path());
    }
    paths.retain(|path| !file_name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn unreadable(path: &Path, error: &std::io::Error) -> TemplateError {
    TemplateError::Unreadable { path: path.display().to_string(), why: error.to_string() }
}
