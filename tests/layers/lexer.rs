//! Rust source as far as the layers need it: names, `::` and braces, no comments, no strings.

/// What is left of a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// An identifier or a keyword.
    Name(String),
    /// `::`
    Path,
    /// Any other sign.
    Sign(char),
}

/// The tokens of a source text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, found: Vec::new() };
    while lexer.step() {}
    lexer.found
}

struct Lexer<'a> {
    rest: &'a str,
    found: Vec<Token>,
}

impl Lexer<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.skip(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
        } else if let Some(length) = raw_string(self.rest) {
            self.skip(length);
        } else if first == '"' {
            self.skip(string(self.rest));
        } else if first == '\'' {
            self.skip(character_or_lifetime(self.rest));
        } else if is_name(first) {
            let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
            self.found.push(Token::Name(self.rest[..end].to_owned()));
            self.skip(end);
        } else if self.rest.starts_with("::") {
            self.found.push(Token::Path);
            self.skip(2);
        } else {
            if !first.is_whitespace() {
                self.found.push(Token::Sign(first));
            }
            self.skip(first.len_utf8());
        }
        true
    }

    fn skip(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of `"…"`, with its escapes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#`, `br#"…"#`, if one begins here.
fn raw_string(text: &str) -> Option<usize> {
    let prefix = if text.starts_with("br") { 2 } else { usize::from(text.starts_with('r')) };
    let hashes = text[prefix..].len() - text[prefix..].trim_start_matches('#').len();
    let opens = prefix > 0 && text[prefix + hashes..].starts_with('"');
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = prefix + hashes + 1;
    opens.then(|| text[inside..].find(&end).map_or(text.len(), |at| inside + at + end.len()))
}

/// The length of `'x'`, `'\n'`, `'\u{2026}'`; a lifetime is the quote alone.
fn character_or_lifetime(text: &str) -> usize {
    let mut inside = text.char_indices().skip(1);
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let after = at + c.len_utf8();
            text[after..].find('\'').map_or(text.len(), |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
