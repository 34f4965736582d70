//! Reading one line: a word, what follows it, and whether that lets it decide.

use super::command::{Also, Command};
use super::courtesy;
use super::sentence::{is_capitalised, is_inner_gap, is_mark, note, sentence_end, trim_note};
use super::word::{Takes, Word};
use super::words::{Particle, Piece, Words, each_piece, pieces};

/// What stands between a word and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// Nothing more, or a line end, or punctuation.
    Stop,
    Question,
    /// The line runs on.
    RunsOn,
}

/// Whom a complaint is about, folded.
const SOMEBODY: &[&str] = &[
    "he", "she", "they", "him", "her", "il", "elle", "ils", "elles", "هو", "هي", "هم", "انه", "انها", "عن",
    "ضد", "بحق",
];

/// Neither a spelling nor a courtesy has as many words.
const HEAD: usize = 12;

/// A text about to be read, from its first word on.
pub(super) struct Line<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    words: &'a Words,
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str, words: &'a Words) -> Self {
        Self { text, pieces: pieces(text), words }
    }

    /// The same, unless no word stands where one could decide: most texts are prose, and long.
    pub(super) fn that_may_decide(text: &'a str, words: &'a Words) -> Option<Self> {
        let head = Self { text, pieces: each_piece(text).take(HEAD).collect(), words };
        let prefix = words.particle(Particle::Number, &head.pieces).unwrap_or(0);
        let is_number = |at: usize| head.pieces.get(at).is_some_and(|piece| piece.number().is_some());
        let begins = is_number(prefix)
            || is_number(0)
            || head.spelling(0).is_some()
            || courtesy::regret(&head.pieces).is_some()
            || courtesy::nod(&head.pieces).is_some();
        begins.then(|| Self::new(text, words))
    }

    /// What the line decides, if it does.
    pub(super) fn read(&self) -> Option<Command> {
        if !self.begins_cleanly() {
            return None;
        }
        self.number()
            .or_else(|| self.word(0))
            .or_else(|| self.regretful_refusal())
            .or_else(|| self.after_a_nod())
    }

    /// `> accept` is quoted, `:+1:` is a gesture; marks, bullets and emoji do not matter.
    fn begins_cleanly(&self) -> bool {
        let lead = &self.text[..self.pieces.first().map_or(0, |piece| piece.start)];
        let allowed =
            |c: char| !c.is_ascii() || c.is_ascii_whitespace() || is_mark(c) || "([#-.!,;".contains(c);
        lead.chars().all(allowed)
    }

    /// `2`, `2.`, `n° 2`, `le 2`: but not `2.5`, `2 or 3`, `2/11`.
    fn number(&self) -> Option<Command> {
        let prefix = self.words.particle(Particle::Number, &self.pieces).unwrap_or(0);
        let at = if self.pieces.get(prefix)?.number().is_some() { prefix } else { 0 };
        let number = self.pieces.get(at)?.number().filter(|n| (1..100).contains(n))?;
        let on_one_line = at == 0 || !self.gap(at - 1).contains('\n');
        let end = self.after_politeness(at + 1);
        let alone = self.follows(end) == Follows::Stop && on_one_line && !self.lists_numbers(end);
        let word = Word::Number(u8::try_from(number).ok()?);
        (alone && !self.is_conditional(end)).then(|| self.command(word, None, end))
    }

    /// `1, 2 or 3` quotes the question rather than answers it.
    fn lists_numbers(&self, end: usize) -> bool {
        let next = self.pieces.get(end).and_then(Piece::number);
        next.is_some() && self.gap(end - 1).trim() == ","
    }

    /// `Sorry, I decline`, `I am sorry but I decline`: regret may come before a refusal, and
    /// before nothing else.
    fn regretful_refusal(&self) -> Option<Command> {
        let regret = courtesy::regret(&self.pieces)?;
        let and = self.words.particle(Particle::And, &self.pieces[regret..]).unwrap_or(0);
        let on_one_line = (0..regret + and).all(|i| !self.gap(i).contains('\n'));
        let refusal = [regret + and, regret].into_iter().find_map(|from| self.word(from))?;
        Some(refusal).filter(|c| on_one_line && c.word.refuses())
    }

    /// `Ok accept`, `Sure, yes`: a nod alone decides nothing, and takes nothing from the word after it.
    fn after_a_nod(&self) -> Option<Command> {
        let nod = courtesy::nod(&self.pieces)?;
        let on_one_line = (0..nod).all(|i| !self.gap(i).contains('\n'));
        let answer = self.word(nod).filter(|_| on_one_line)?;
        Some(answer).filter(|c| matches!(c.word, Word::Accept | Word::Yes | Word::Decline))
    }

    /// The longest spelling at `from`, if what follows it lets it decide.
    fn word(&self, from: usize) -> Option<Command> {
        let (word, end) = self.spelling(from)?;
        let start = end;
        if word == Word::Report && self.runs_on_in_complaint(from, end) {
            return self.argument(word, start).or_else(|| Some(self.command(word, None, end)));
        }
        if self.means_something_else(from, end) {
            return self.argument(word, start).filter(|_| word.takes() == Takes::Reference);
        }
        let end = if word.takes() == Takes::Text { end } else { self.after_politeness(end) };
        let follows = self.follows(end);
        if word.refuses()
            && let Some(also) = self.also(end)
        {
            return Some(Command { also: Some(also), ..self.command(word, None, end) });
        }
        if let Some(command) = self.argument(word, start) {
            return Some(command);
        }
        let decides = match follows {
            Follows::Stop => !(word.is_undone_by_a_condition() && self.is_conditional(end)),
            Follows::Question => matches!(word, Word::Help | Word::Status | Word::Roster | Word::MyData),
            Follows::RunsOn => false,
        };
        decides.then(|| self.command(word, None, end))
    }

    /// `REPORT he is rude`: no other word decides where its line runs on, but a complaint that
    /// is passed on to the one it is about cannot be called back, while a pause can be ended.
    /// So it decides where it is written as letters show it, in capitals, and before somebody:
    /// `Report he writes at night`. `Report attached` and `report on Koha` stay prose.
    fn runs_on_in_complaint(&self, from: usize, end: usize) -> bool {
        let written = &self.text[self.pieces[from].start..self.end_of(end)];
        let in_capitals = written.chars().any(char::is_uppercase) && !written.chars().any(char::is_lowercase);
        let somebody = self.pieces.get(end).is_some_and(|next| SOMEBODY.contains(&next.folded.as_str()));
        let prose = self.means_something_else(from, end);
        self.follows(end) == Follows::RunsOn && (in_capitals || (somebody && !prose))
    }

    /// `Report, s'il vous plaît`: a French word there, that alone on its line is English.
    fn means_something_else(&self, from: usize, end: usize) -> bool {
        let used = self.words.particle(Particle::Alone, &self.pieces[from..end]);
        let alone = end >= self.pieces.len() || self.gap(end - 1).contains('\n');
        used == Some(end - from) && !alone
    }

    /// The longest spelling that begins at piece `from`, and the piece after it.
    fn spelling(&self, from: usize) -> Option<(Word, usize)> {
        let longest = (from + Words::LONGEST).min(self.pieces.len());
        (from + 1..=longest).rev().find_map(|end| {
            let joined = (from..end - 1).all(|i| is_inner_gap(self.gap(i)));
            let folded: Vec<&str> = self.pieces[from..end].iter().map(|p| p.folded.as_str()).collect();
            let word = self.words.spellings.get(&folded.join(" ")).filter(|_| joined)?;
            Some((*word, end))
        })
    }

    /// The word with its argument, where it takes one and there is one.
    fn argument(&self, word: Word, end: usize) -> Option<Command> {
        match word.takes() {
            Takes::Nothing => None,
            Takes::Text => {
                let text = trim_note(&self.text[self.end_of(end)..]).to_owned();
                Some(Command { word, argument: Some(text).filter(|t| !t.is_empty()), also: None, note: None })
            }
            Takes::Line => {
                let (argument, rest) = self.rest_of_line(end);
                self.with_argument(word, &argument, rest)
            }
            Takes::One => self.one(word, end),
            Takes::Reference => self.reference(word, end),
            Takes::Minutes => self.minutes(end),
            Takes::Until => self.until(end),
            Takes::Name => self.name(end),
        }
    }

    fn one(&self, word: Word, end: usize) -> Option<Command> {
        let (line, rest) = self.rest_of_line(end);
        let mut parts = line.split_whitespace();
        let first = parts
            .next()?
            .trim_matches(|c: char| is_mark(c) || matches!(c, '.' | ',' | '،' | ';' | '؛' | '!' | '<' | '>'));
        let alone = parts.next().is_none();
        if alone { self.with_argument(word, first, rest) } else { None }
    }

    fn reference(&self, word: Word, end: usize) -> Option<Command> {
        let piece = self.pieces.get(end)?;
        let reference = super::token::parse_reference(self.of(piece))?;
        let near = self.gap(end - 1).chars().all(|c| matches!(c, ' ' | '[' | ':' | '#' | '(') || is_mark(c));
        let rest = &self.text[piece.end..];
        let stops =
            rest.trim_start_matches(is_mark).starts_with(']') || self.follows(end + 1) == Follows::Stop;
        // `REPORT K7Q2M he is rude`
        let stops = stops || word == Word::Report;
        if near && stops { self.with_argument(word, &reference.0, rest) } else { None }
    }

    /// `HELD 45`, `Held, 45 minutes`, `held 1 h`, `Held (1h30)`.
    fn minutes(&self, end: usize) -> Option<Command> {
        let piece = self.pieces.get(end).filter(|_| !self.gap(end - 1).contains('\n'))?;
        let unit = self.pieces.get(end + 1).filter(|_| self.gap(end).trim().is_empty());
        let unit = unit.map_or("", |p| p.folded.as_str());
        let (minutes, used, has_unit) = courtesy::minutes(&piece.folded, unit)?;
        let (minutes, used) = self.and_minutes(end, minutes, used);
        let last = end + used;
        let rest = &self.text[self.end_of(last)..];
        let stops = has_unit || self.follows(last) == Follows::Stop;
        if stops { self.with_argument(Word::Held, &minutes.to_string(), rest) } else { None }
    }

    /// `1 h 30`: what follows whole hours are minutes.
    fn and_minutes(&self, end: usize, minutes: u32, used: usize) -> (u32, usize) {
        let hours = self.pieces[end].folded.trim_end_matches(|c: char| c.is_alphabetic()).parse();
        let more = self.pieces.get(end + used).and_then(Piece::number).filter(|m| (1..60).contains(m));
        let near = self.gap(end + used - 1).trim().is_empty() && !self.gap(end + used - 1).contains('\n');
        match more {
            Some(more) if near && hours.is_ok_and(|h: u32| h * 60 == minutes) => (minutes + more, used + 1),
            _ => (minutes, used),
        }
    }

    /// `AWAY UNTIL date`; `AWAY Amina UNTIL date` is staff's.
    fn until(&self, end: usize) -> Option<Command> {
        let (line, rest) = self.sentence(end);
        let inner = pieces(&line);
        if let Some(until) = self.words.particle(Particle::Until, &inner) {
            let date = line[inner[until - 1].end..].trim();
            return self.with_argument(Word::Away, date, rest).filter(|_| !date.is_empty());
        }
        if inner.first()?.folded.starts_with(|c: char| c.is_ascii_digit()) {
            return self.with_argument(Word::Away, &line, rest);
        }
        let at =
            (1..inner.len().min(6)).find(|&i| self.words.particle(Particle::Until, &inner[i..]).is_some())?;
        let used = self.words.particle(Particle::Until, &inner[at..])?;
        let date = line[inner[at + used - 1].end..].trim().to_owned();
        let named = self.with_argument(Word::AwayName, line[..inner[at].start].trim(), rest)?;
        Some(Command { also: Some(Also::AwayUntil(date)), ..named })
    }

    /// `REMOVE Amina Haddad`: a few capitalised names and nothing else.
    fn name(&self, end: usize) -> Option<Command> {
        if self.follows(end) != Follows::RunsOn {
            return None;
        }
        let (line, rest) = self.sentence(end);
        let names = pieces(&line);
        let all =
            (1..=4).contains(&names.len()) && names.iter().all(|p| is_capitalised(&line[p.start..p.end]));
        if all { self.with_argument(Word::RemoveName, &line, rest) } else { None }
    }

    /// `… AND AWAY UNTIL date`, `…, TRY Karim`.
    fn also(&self, end: usize) -> Option<Also> {
        let (line, _) = self.sentence_after_stop(end);
        let inner = pieces(&line);
        let and = self.words.particle(Particle::And, &inner).unwrap_or(0);
        if let Some(used) = self.words.particle(Particle::Try, &inner[and..]) {
            let name = line[inner[and + used - 1].end..].trim_matches(|c: char| !c.is_alphanumeric());
            return Some(Also::Try(name.to_owned())).filter(|_| !name.is_empty());
        }
        let rest = line.get(inner.get(and)?.start..)?;
        let away = Line::new(rest, self.words);
        match away.spelling(0) {
            Some((Word::Away, end)) => away.until(end)?.argument.map(Also::AwayUntil),
            _ => None,
        }
    }

    /// Whether the sentence of the word just read (up to piece `end`) is negated or conditional.
    fn is_conditional(&self, end: usize) -> bool {
        let start = self.end_of(end);
        let stop = sentence_end(&self.text[start..]).map_or(self.text.len(), |i| start + i);
        let inside: Vec<Piece> =
            self.pieces[end..].iter().take_while(|p| p.start < stop).cloned().collect::<Vec<_>>();
        (0..inside.len()).any(|i| {
            let harmless = courtesy::is_harmless_negation(&inside, i);
            !harmless
                && (self.words.particle(Particle::But, &inside[i..]).is_some()
                    || courtesy::opens_a_doubt(&inside[i..]))
        })
    }

    /// `Yes please`, `accept, thanks`: courtesy does not make a line run on.
    fn after_politeness(&self, mut end: usize) -> usize {
        while self.follows(end) == Follows::RunsOn
            && let Some(used) = courtesy::politeness(&self.pieces[end..])
        {
            end += used;
        }
        end
    }

    fn follows(&self, end: usize) -> Follows {
        let gap = self.gap(end - 1);
        let last = end >= self.pieces.len();
        let Some(sign) = gap.chars().find(|c| *c == '\n' || !(is_mark(*c) || c.is_whitespace())) else {
            return if last { Follows::Stop } else { Follows::RunsOn };
        };
        match sign {
            '?' | '؟' | '？' => Follows::Question,
            _ if last => Follows::Stop,
            ',' | ';' | '!' | '…' | '–' | '—' | '(' | '\n' | '،' | '؛' | '۔' | '。' | '、' | '！' | '，' => {
                Follows::Stop
            }
            // `accept-ish`, `2.5`, `14:00` go on; `Accept. Happy`, `Accept: gladly`, `decline - sorry` do not.
            '.' | '-' | ':' | ')' | ']' => {
                let tight = !gap.contains(char::is_whitespace) && sign != ')';
                if tight && !self.starts_sentence(end) { Follows::RunsOn } else { Follows::Stop }
            }
            c if !c.is_ascii() => Follows::Stop,
            _ => Follows::RunsOn,
        }
    }

    /// `Accept.Happy to talk`: a forgotten space.
    fn starts_sentence(&self, end: usize) -> bool {
        self.pieces.get(end).is_some_and(|p| self.gap(end - 1) == "." && is_capitalised(self.of(p)))
            && self.pieces[end - 1].number().is_none()
    }

    /// The text between piece `i` and the next.
    fn gap(&self, i: usize) -> &str {
        let start = self.pieces.get(i).map_or(self.text.len(), |p| p.end);
        let end = self.pieces.get(i + 1).map_or(self.text.len(), |p| p.start);
        &self.text[start..end]
    }

    fn of(&self, piece: &Piece) -> &str {
        &self.text[piece.start..piece.end]
    }

    /// Where the piece before `end` ends.
    fn end_of(&self, end: usize) -> usize {
        end.checked_sub(1).and_then(|i| self.pieces.get(i)).map_or(0, |p| p.end)
    }

    /// The rest of the line without leading punctuation, and all that follows the line.
    fn rest_of_line(&self, end: usize) -> (String, &str) {
        let rest = &self.text[self.end_of(end)..];
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        (trim_note(line).trim_end_matches(|c: char| is_mark(c) || c.is_whitespace()).to_owned(), below)
    }

    /// The rest of the sentence, within the line, and all that follows it.
    fn sentence(&self, end: usize) -> (String, &str) {
        let rest = &self.text[self.end_of(end)..];
        let stop = sentence_end(rest).into_iter().chain(rest.find('\n')).min().unwrap_or(rest.len());
        let line = trim_note(&rest[..stop]).trim_end_matches(|c: char| is_mark(c) || c.is_whitespace());
        (line.to_owned(), rest[stop..].trim_start_matches(['.', '!', ';', '?', '؛', '؟']))
    }

    /// As [`Self::sentence`], where a full stop or a dash after the word may come first.
    fn sentence_after_stop(&self, end: usize) -> (String, &str) {
        match self.gap(end - 1).trim().strip_prefix(['.', '!']) {
            Some(_) => {
                let start = self.pieces.get(end).map_or(self.text.len(), |p| p.start);
                let rest = &self.text[start..];
                let stop = sentence_end(rest).into_iter().chain(rest.find('\n')).min().unwrap_or(rest.len());
                (rest[..stop].trim().to_owned(), &rest[stop..])
            }
            None => self.sentence(end),
        }
    }

    fn with_argument(&self, word: Word, argument: &str, rest: &str) -> Option<Command> {
        let polite = courtesy::politeness(&pieces(argument)) == Some(pieces(argument).len());
        if argument.is_empty() || polite {
            return None;
        }
        Some(Command { word, argument: Some(argument.to_owned()), also: None, note: note(rest) })
    }

    fn command(&self, word: Word, argument: Option<String>, end: usize) -> Command {
        Command { word, argument, also: None, note: note(&self.text[self.end_of(end)..]) }
    }
}
