//! Every path a source file names: those of its `use` lines and those written out in the code.

use super::lexer::{Token, tokens};

/// The paths, whole: `crate::program::batch::Change`, `std::fs::read`, and single keywords.
pub fn paths(module: &[String], text: &str) -> Vec<String> {
    let mut reader =
        Reader { tokens: tokens(text), at: 0, module: module.to_vec(), inner: Vec::new(), depth: 0 };
    let mut found = Vec::new();
    while reader.at < reader.tokens.len() {
        found.extend(reader.next());
    }
    found
}

/// The module that a file is: `src/program/turn.rs` is `crate::program::turn`.
pub fn module_of(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = inner.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main"));
    std::iter::once("crate").chain(parts).map(str::to_owned).collect()
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// Where we are, inline modules included.
    module: Vec<String>,
    /// At which depth of braces each inline module ends.
    inner: Vec<usize>,
    depth: usize,
}

impl Reader {
    fn next(&mut self) -> Vec<String> {
        let token = self.tokens[self.at].clone();
        self.at += 1;
        match token {
            Token::Sign('{') => self.depth += 1,
            Token::Sign('}') => self.close(),
            Token::Name(name) if name == "mod" => self.open_module(),
            // `+ use<'a>` says what a return type holds on to, and names no path.
            Token::Name(name) if name == "use" && self.tokens.get(self.at) == Some(&Token::Sign('<')) => (),
            Token::Name(name) if name == "use" => return self.tree(&[]),
            Token::Name(name) => return vec![self.written_out(name)],
            Token::Path | Token::Sign(_) => (),
        }
        Vec::new()
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.inner.last() == Some(&self.depth) {
            self.inner.pop();
            self.module.pop();
        }
    }

    /// `mod tests {`; `mod tests;` is a file of its own.
    fn open_module(&mut self) {
        let name = self.tokens.get(self.at).cloned();
        if let (Some(Token::Name(name)), Some(Token::Sign('{'))) = (name, self.tokens.get(self.at + 1)) {
            self.module.push(name);
            self.inner.push(self.depth);
            self.depth += 1;
            self.at += 2;
        }
    }

    /// `a::b::c` in the code.
    fn written_out(&mut self, first: String) -> String {
        let mut segments = vec![first];
        while let (Some(Token::Path), Some(Token::Name(name))) =
            (self.tokens.get(self.at), self.tokens.get(self.at + 1))
        {
            segments.push(name.clone());
            self.at += 2;
        }
        self.resolved(&segments)
    }

    /// One branch of a `use`: `a::b`, `a::{b, c::d}`, `a as b`, `a::*`.
    fn tree(&mut self, before: &[String]) -> Vec<String> {
        let mut segments = before.to_vec();
        while let Some(token) = self.tokens.get(self.at).cloned() {
            self.at += 1;
            match token {
                Token::Name(name) if name == "as" => self.at += 1,
                Token::Name(name) => segments.push(name),
                Token::Sign('{') => return self.branches(&segments),
                Token::Sign(',' | '}' | ';') => {
                    self.at -= 1;
                    break;
                }
                Token::Path | Token::Sign(_) => (),
            }
        }
        vec![self.resolved(&segments)]
    }

    fn branches(&mut self, before: &[String]) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Sign('}') => {
                    self.at += 1;
                    break;
                }
                Token::Sign(',') => self.at += 1,
                _ => found.extend(self.tree(before)),
            }
        }
        found
    }

    /// `super` and `self` are read from where we are; the binary calls the library by name.
    fn resolved(&self, segments: &[String]) -> String {
        let ups = segments.iter().take_while(|s| *s == "super").count();
        let from_here = ups > 0 || segments.first().is_some_and(|s| s == "self");
        let base = if from_here { &self.module[..self.module.len().saturating_sub(ups)] } else { &[] };
        let rest = segments.iter().skip(ups).filter(|s| *s != "self");
        let whole: Vec<&str> = base.iter().chain(rest).map(String::as_str).collect();
        let whole = whole.join("::");
        match whole.strip_prefix("soundingboard") {
            Some(inside) if inside.is_empty() || inside.starts_with("::") => format!("crate{inside}"),
            _ => whole,
        }
    }
}
