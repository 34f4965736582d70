//! Asking: each question once more until its answer is understood, or not at all.

use super::InitError;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

/// Who is asked.
pub trait Person {
    /// Says something, and hears one line without its end; None: there will be no more.
    fn answer(&mut self, prompt: &str) -> io::Result<Option<String>>;
    /// The same for what nobody should see.
    fn secret(&mut self, prompt: &str) -> io::Result<Option<String>>;
}

/// Whoever sits in front of the terminal.
pub struct Terminal;

impl Person for Terminal {
    fn answer(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let mut out = io::stdout();
        out.write_all(prompt.as_bytes())?;
        out.flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }

    fn secret(&mut self, prompt: &str) -> io::Result<Option<String>> {
        match rpassword::prompt_password(prompt) {
            Ok(secret) => Ok(Some(secret)),
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(why) => Err(why),
        }
    }
}

/// One question.
pub struct Question {
    /// The option that answers it.
    pub flag: &'static str,
    pub asks: &'static str,
    pub example: String,
    pub default: Option<String>,
}

impl Question {
    fn prompt(&self) -> String {
        let Self { asks, example, default, .. } = self;
        match default {
            Some(default) => format!("\n{asks}\n  for example: {example}\n  [{default}]: "),
            None => format!("\n{asks}\n  for example: {example}\n  : "),
        }
    }
}

/// All that is asked, and what has gone wrong so far: every fault is said at once.
pub struct Interview<'p> {
    person: Option<&'p mut dyn Person>,
    missing: Vec<&'static str>,
    wrong: Vec<String>,
}

impl<'p> Interview<'p> {
    /// Without a person only options and defaults count.
    pub fn with(person: Option<&'p mut dyn Person>) -> Self {
        Self { person, missing: Vec::new(), wrong: Vec::new() }
    }

    /// What was given, else the answer, else the default; None where there is none of them.
    pub fn ask<T>(
        &mut self,
        question: &Question,
        given: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, InitError> {
        if let Some(given) = given {
            return Ok(self.understood(question.flag, given, read(given)));
        }
        let Some(person) = &mut self.person else {
            return Ok(self.by_default(question, read));
        };
        let mut prompt = question.prompt();
        loop {
            let line = person.answer(&prompt).map_err(InitError::Terminal)?.ok_or(InitError::Stopped)?;
            let line = if line.is_empty() { question.default.clone() } else { Some(line) };
            match line.map(|line| read(&line)) {
                Some(Ok(answer)) => return Ok(Some(answer)),
                Some(Err(why)) => prompt = format!("  {why}\n  : "),
                None => {
                    prompt = format!("  this one has no default; write it like {}\n  : ", question.example)
                }
            }
        }
    }

    fn by_default<T>(&mut self, question: &Question, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let answer = question.default.as_deref().and_then(|text| read(text).ok());
        if answer.is_none() {
            self.missing.push(question.flag);
        }
        answer
    }

    /// What an option says, or a fault that is said at the end.
    pub fn understood<T>(&mut self, flag: &str, given: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.wrong.push(format!("{flag} {given}: {why}"))).ok()
    }

    /// What is in a file, or what is typed unseen. It is never printed, nor part of a sentence.
    pub fn ask_secret(
        &mut self,
        question: &Question,
        file: Option<&Path>,
    ) -> Result<Option<String>, InitError> {
        if let Some(file) = file {
            return Ok(self.understood(question.flag, &file.display().to_string(), secret_in(file)));
        }
        let Some(person) = &mut self.person else {
            self.missing.push(question.flag);
            return Ok(None);
        };
        let mut prompt = format!("\n{}\n  (nothing is shown): ", question.asks);
        loop {
            let typed = person.secret(&prompt).map_err(InitError::Terminal)?.ok_or(InitError::Stopped)?;
            match sound_secret(&typed) {
                Ok(secret) => return Ok(Some(secret)),
                Err(why) => prompt = format!("  {why}: "),
            }
        }
    }

    /// What an option has said, and cannot be.
    pub fn refuse(&mut self, sentence: String) {
        self.wrong.push(sentence);
    }

    /// The whole, or all that keeps it from being whole.
    pub fn end<T>(self, whole: Option<T>) -> Result<T, InitError> {
        match whole {
            _ if !self.wrong.is_empty() => Err(InitError::Wrong(self.wrong)),
            Some(whole) => Ok(whole),
            None => Err(InitError::Missing(self.missing)),
        }
    }
}

fn secret_in(file: &Path) -> Result<String, String> {
    let read = match file.to_str() {
        Some("-") => io::read_to_string(io::stdin()),
        _ => fs::read_to_string(file),
    };
    sound_secret(&read.map_err(|why| format!("it cannot be read ({why}); name a file with it alone in it"))?)
}

fn sound_secret(text: &str) -> Result<String, String> {
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err("there is nothing in it".to_owned()),
        secret => Ok(secret.to_owned()),
    }
}
