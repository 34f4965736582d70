//! Forms: a kind, then `Label: value` lines.

pub use super::field::{read_fields, read_fields_of};
pub use super::fold::fold;
use super::inbound::{Inbound, Origin};
use super::subject::Subject;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The words of one language as `templates/<lang>/words.toml` holds them:
/// canonical English name → the ways to write it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsFile {
    #[serde(default)]
    pub kinds: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub labels: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// The language's tag, and the file as people are told it: not in the file itself.
    #[serde(skip)]
    pub language: String,
    #[serde(skip)]
    pub shown: String,
}

/// Kinds and labels of all configured languages, folded for comparing.
#[derive(Clone, Debug, Default)]
pub struct FormWords {
    /// folded spelling → canonical kind
    pub kinds: BTreeMap<String, String>,
    /// folded spelling → canonical label
    pub labels: BTreeMap<String, String>,
    /// folded spelling of a kind or label → the languages that write it so
    pub languages: BTreeMap<String, BTreeSet<String>>,
    /// How many words the longest of them all has.
    longest: usize,
}

/// One field as understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Canonical English label, or the label as written where it is unknown.
    pub label: String,
    pub value: String,
    pub known: bool,
}

/// A form as understood: never an empty value, fields in the order written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Canonical English kind.
    pub kind: String,
    pub fields: Vec<Field>,
    /// The language most of its kind and labels are written in; None where that is open.
    #[serde(default)]
    pub language: Option<String>,
}

impl Form {
    /// The value of a known field.
    pub fn get(&self, label: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.known && f.label == label).map(|f| f.value.as_str())
    }

    /// How many of its fields are ours.
    fn known(&self) -> usize {
        self.fields.iter().filter(|f| f.known).count()
    }
}

impl FormWords {
    /// Puts the words of all configured languages together. One spelling of two kinds, or of
    /// two labels, is an error that names both and their files.
    pub fn from_files(files: &[WordsFile]) -> Result<Self, String> {
        let mut words = Self::default();
        let (mut kinds, mut labels) = (BTreeMap::new(), BTreeMap::new());
        for file in files {
            words.languages_of(file);
            add("kind", &mut kinds, &file.kinds, &file.shown)?;
            add("label", &mut labels, &file.labels, &file.shown)?;
        }
        let names = |spelled: Spelled| spelled.into_iter().map(|(key, (name, _))| (key, name)).collect();
        (words.kinds, words.labels) = (names(kinds), names(labels));
        Ok(words.measured())
    }

    /// With a website's own labels, which win.
    pub fn with_labels(mut self, labels: &BTreeMap<String, String>) -> Self {
        self.labels.extend(labels.iter().map(|(theirs, ours)| (fold(theirs), ours.clone())));
        self.measured()
    }

    fn measured(mut self) -> Self {
        let all = self.kinds.keys().chain(self.labels.keys()).chain(self.languages.keys());
        self.longest = all.map(|spelling| spelling.split(' ').count()).max().unwrap_or(0);
        self
    }

    /// Whether a text has no more words than a kind or label can have, bullets and marks among
    /// them. Most lines have, and need not be folded to be compared.
    fn is_short(&self, text: &str) -> bool {
        text.split_whitespace().nth(self.longest + MARKS).is_none()
    }

    /// Canonical names are English, in whatever file they stand.
    fn languages_of(&mut self, file: &WordsFile) {
        for (name, spellings) in file.kinds.iter().chain(&file.labels) {
            let own = spellings.iter().map(|spelling| (spelling, file.language.as_str()));
            for (spelling, language) in own.chain([(name, "en")]) {
                self.languages.entry(fold(spelling)).or_default().insert(language.to_owned());
            }
        }
    }

    fn kind(&self, text: &str) -> Option<Named<'_>> {
        let name = self.kinds.get(&fold(text))?;
        Some(Named { name, language: self.language_of(text) })
    }

    /// Whether that is what a form is called.
    pub(super) fn names_kind(&self, text: &str) -> bool {
        self.kinds.contains_key(&fold(text))
    }

    /// The kind that a line names among other words: the longest, if it is one alone. A kind
    /// of one word ("Inscription") may be anything.
    fn kind_among(&self, line: &str) -> Option<Named<'_>> {
        let line = fold(&line.chars().take(LONGEST_LINE).collect::<String>());
        let padded = format!(
            " {} ",
            line.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-').collect::<Vec<_>>().join(" ")
        );
        let named = self
            .kinds
            .iter()
            .filter(|(spelled, _)| spelled.contains(' ') && padded.contains(&format!(" {spelled} ")));
        let longest = named.clone().map(|(spelled, _)| spelled.len()).max()?;
        let mut kinds = named.filter(|(spelled, _)| spelled.len() == longest);
        let (spelled, name) = kinds.next()?;
        kinds.all(|(_, other)| other == name).then(|| Named { name, language: self.language_of(spelled) })
    }

    /// The only language that writes a kind or label so.
    fn language_of(&self, spelling: &str) -> Option<&str> {
        if !self.is_short(spelling) {
            return None;
        }
        let mut languages = self.languages.get(&fold(spelling))?.iter();
        languages.next().filter(|_| languages.next().is_none()).map(String::as_str)
    }

    /// The canonical label that a label as written means.
    pub fn label(&self, text: &str) -> Option<&str> {
        if !self.is_short(text.split(['(', '[']).next().unwrap_or_default()) {
            return None;
        }
        let known = |text: &str| self.labels.get(&fold(text));
        // "Areas (one a line)", "Name [Q01]": what stands in brackets explains the label.
        let explained = || known(text.split(['(', '[']).next()?);
        // `preferred-times`, `preferred_times`: the name of a field in a page.
        let in_page = || known(&text.trim().replace(['-', '_'], " "));
        known(text).or_else(explained).or_else(in_page).map(String::as_str)
    }
}

/// So many bullets, dashes and marks of markdown may stand about a label.
const MARKS: usize = 4;

/// A line that names a kind is no longer.
const LONGEST_LINE: usize = 300;

/// A kind as it was written.
#[derive(Clone, Copy)]
struct Named<'w> {
    name: &'w str,
    language: Option<&'w str>,
}

/// folded spelling → canonical name, and the file that says so
type Spelled = BTreeMap<String, (String, String)>;

fn add(
    what: &str,
    known: &mut Spelled,
    names: &BTreeMap<String, Vec<String>>,
    file: &str,
) -> Result<(), String> {
    for (name, spellings) in names {
        for spelling in std::iter::once(name).chain(spellings) {
            let (other, place) =
                known.entry(fold(spelling)).or_insert_with(|| (name.clone(), file.to_owned()));
            if other != name {
                return Err(format!(
                    "\"{spelling}\" is a {what} of two meanings: {other} in {place}, and {name} in {file}; \
                     take it out of one of them"
                ));
            }
        }
    }
    Ok(())
}

/// Reads a form: its kind in the subject or in the first line of what the person newly
/// wrote, its fields below.
pub fn read(inbound: &Inbound, words: &FormWords) -> Option<Form> {
    if matches!(inbound.origin, Origin::DeliveryReport | Origin::FeedbackReport | Origin::Own) {
        return None;
    }
    let subject = Subject::read(inbound.subject.as_deref().unwrap_or_default());
    let answers = subject.answers || (!inbound.in_reply_to.is_empty() && !subject.forwards);
    let told = Told { answers, subject, words };
    let written = told.form_in(&inbound.form_text);
    // What is no reply quotes nothing: its form may only look as if it were quoted or signed.
    let whole = unsigned(&inbound.text);
    let same = whole.trim() == inbound.form_text.trim();
    if same || told.answers || told.subject.forwards || quotes(whole) {
        return written;
    }
    let known = |form: &Option<Form>| form.as_ref().map_or(0, Form::known);
    let whole = told.form_in(whole);
    if known(&whole) > known(&written) { whole } else { written }
}

/// What a mail says besides its text.
struct Told<'a> {
    /// It answers another.
    answers: bool,
    subject: Subject<'a>,
    words: &'a FormWords,
}

impl<'a> Told<'a> {
    fn form_in(&self, text: &str) -> Option<Form> {
        let words = self.words;
        let text = &text[..text.floor_char_boundary(LONGEST_FORM)];
        let text = without_greeting(text.trim_start(), words);
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let in_text = kind_line(first, words);
        let Some(Named { name, language }) = in_text.or_else(|| self.kind_in_subject()) else {
            return self.kind_among_words(text);
        };
        let body = if in_text.is_some() { rest } else { text };
        Some(form_of(name, language, body, words))
    }

    /// What form programs send says the kind among words of their own ("New submission for
    /// Request meeting #12"), in the subject or above the fields. People do so as well, of
    /// something else: only fields of that kind make it a form.
    fn kind_among_words(&self, text: &str) -> Option<Form> {
        if self.answers {
            return None;
        }
        let above = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_ABOVE);
        let told = std::iter::once(self.subject.whole).chain(above);
        let Named { name, language } = told.take(LINES_ABOVE).find_map(|line| self.words.kind_among(line))?;
        let form = form_of(name, language, text, self.words);
        let telling = form.fields.iter().any(|f| f.known && !matches!(f.label.as_str(), "Name" | "Email"));
        (form.known() > 1 && telling).then_some(form)
    }

    /// A reply is never a form because of its subject: it has the subject of what it answers.
    fn kind_in_subject(&self) -> Option<Named<'a>> {
        if self.answers {
            return None;
        }
        let rest = self.subject.rest;
        let told_apart = rest.split([':', '(', ',', '|', '/', '–', '—']).next().unwrap_or_default();
        let dashed = rest.split(" - ").next().unwrap_or_default();
        // "Request meeting with Amina".
        let with = [" with ", " avec ", " mit ", " con ", " مع "].iter().find_map(|w| rest.split_once(w));
        let with = with.map_or(rest, |(kind, _)| kind);
        [rest, told_apart, dashed, with].into_iter().find_map(|s| self.words.kind(s))
    }
}

fn form_of(name: &str, language: Option<&str>, body: &str, words: &FormWords) -> Form {
    let language = language_of(language, body, words).map(str::to_owned);
    Form { kind: name.to_owned(), fields: read_fields_of(name, body, words), language }
}

/// A form is no longer; nothing may take long to read.
const LONGEST_FORM: usize = 128 << 10;

/// A subject, and so many lines, may name the kind among other words.
const LINES_ABOVE: usize = 9;

fn quotes(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with('>'))
}

/// Up to the signature (RFC 3676 §4.3), whose lines are no fields.
fn unsigned(text: &str) -> &str {
    let end = text.find("\n-- \n").or_else(|| text.find("\n--\n"));
    end.map_or(text, |end| &text[..end])
}

/// The language of most of those labels, the kind among them, that only one language has;
/// where two have as many, the kind's.
fn language_of<'w>(of_kind: Option<&'w str>, body: &str, words: &'w FormWords) -> Option<&'w str> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    let labels = body.lines().filter_map(|line| line.split([':', '\t']).next());
    for language in labels.filter_map(|label| words.language_of(label)).chain(of_kind) {
        *votes.entry(language).or_default() += 1;
    }
    let most = votes.values().max()?;
    let mut first = votes.iter().filter(|(_, votes)| *votes == most).map(|(language, _)| *language);
    let only = first.next().filter(|_| first.next().is_none());
    only.or(of_kind)
}

/// "Hello," or "Bonjour Leila," before the line that names the kind.
fn without_greeting<'a>(text: &'a str, words: &FormWords) -> &'a str {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let rest = rest.trim_start();
    let greets = first.trim_end().ends_with([',', '!', '،']) && first.split_whitespace().count() <= 6;
    let names_kind = kind_line(rest.lines().next().unwrap_or_default(), words).is_some();
    if greets && names_kind { rest } else { text }
}

/// `Request meeting`, or `Form: Request meeting`, as the first line.
fn kind_line<'w>(line: &str, words: &'w FormWords) -> Option<Named<'w>> {
    let named = line.split_once([':', '\t']).filter(|(label, _)| {
        matches!(
            fold(label).as_str(),
            "form"
                | "form name"
                | "nom du formulaire"
                | "kind"
                | "subject"
                | "formulaire"
                | "objet"
                | "type"
                | "نموذج"
                | "استماره"
                | "الموضوع"
                | "النوع"
        )
    });
    words.kind(line).or_else(|| words.kind(named?.1))
}

/// The field that a label means in a form of that kind; `None` where such a form has no
/// such field: a line like it is then the writer's own words.
pub(super) fn field_of<'a>(kind: &str, label: &'a str) -> Option<&'a str> {
    let of_advisor = |label| match label {
        "Language" => Some("Languages"),
        "Name" | "Email" | "Institution" | "Areas" | "Languages" | "Time zone" | "Requests at a time"
        | "About" => Some(label),
        _ => None,
    };
    match (kind, label) {
        (_, "Email") => Some(label),
        ("Advisor sign-up" | "Advisor update", _) => of_advisor(label),
        ("Request meeting", "Languages") => Some("Language"),
        ("Request meeting", "Topic") => Some("Issue"),
        ("Request meeting", "Date") => Some("Preferred times"),
        (
            "Request meeting",
            "Advisor" | "Issue" | "Name" | "Institution" | "Preferred times" | "Language",
        ) => Some(label),
        ("Request meeting", _) => None,
        ("Meeting confirmation", "Issue") => Some("Topic"),
        ("Meeting confirmation", "Name") => None,
        (
            "Meeting confirmation",
            "Advisor" | "Advisee" | "Date" | "Minutes" | "Held" | "Topic" | "Comments" | "Institution",
        ) => Some(label),
        ("Meeting confirmation", _) => None,
        _ => Some(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> FormWords {
        FormWords::from_files(&[
            file("en", include_str!("../../templates/en/words.toml")),
            file("fr", include_str!("../../templates/fr/words.toml")),
            file("ar", include_str!("../../templates/ar/words.toml")),
        ])
        .expect("kinds and labels that do not collide")
    }

    fn file(language: &str, text: &str) -> WordsFile {
        let read: WordsFile = toml::from_str(text).expect("words are TOML");
        WordsFile { language: language.into(), shown: format!("{language}.toml"), ..read }
    }

    fn mail(subject: &str, body: &str) -> Inbound {
        Inbound::parse(format!("From: leila@campus.example\r\nSubject: {subject}\r\n\r\n{body}").as_bytes())
    }

    fn form(subject: &str, body: &str) -> Form {
        read(&mail(subject, body), &words()).expect("it is a form")
    }

    #[test]
    fn arabic_forms_are_read_with_their_marks_greetings_and_closings() {
        let sign_up = form(
            "\u{200f}إعادة توجيه: تسجيل مستشار",
            "السلام عليكم،\n\n\u{202b}الاسم\u{202c}: كريم نصر\n\u{200f}• المؤسسة\u{200f} : مكتبة\n\
             **المجالات**: كوها؛ الفهرسة\nعدد الطلبات (في آن واحد): ٣\n\nوتفضلوا بقبول فائق الاحترام،\nكريم\n",
        );
        assert_eq!((sign_up.kind.as_str(), sign_up.language.as_deref()), ("Advisor sign-up", Some("ar")));
        let values = ["Name", "Institution", "Areas", "Requests at a time"].map(|label| sign_up.get(label));
        assert_eq!(values, [Some("كريم نصر"), Some("مكتبة"), Some("كوها؛ الفهرسة"), Some("٣")]);
        let request = form(
            "طلب لقاء مع أمينة",
            "المستشارة\nأمينة حداد\n\nالسؤال\nكيف تعدّون التجديد؟\nفي كوها\n\nمع أطيب التحيات\nليلى\n",
        );
        assert_eq!(request.get("Advisor"), Some("أمينة حداد"));
        assert_eq!(request.get("Issue"), Some("كيف تعدّون التجديد؟\nفي كوها"));
        let met = form(
            "تأكيد اللقاء",
            "المستشار: أمينة\nطالبة المشورة: ليلى\nالتاريخ: ١٥ كانون الأول\nهل تم اللقاء؟: نعم\n",
        );
        assert_eq!((met.get("Advisee"), met.get("Held")), (Some("ليلى"), Some("نعم")));
        assert!(read(&mail("رد: طلب لقاء", "المستشار: أمينة\n"), &words()).is_none(), "a reply");
        assert!(read(&mail("\u{200f}رد: طلب لقاء", "المستشار: أمينة\n"), &words()).is_none(), "a reply");
    }

    #[test]
    fn a_request_is_read_whatever_dress_its_labels_wear() {
        for body in [
            "Advisor: Amina Haddad\nIssue: Koha reports\n",
            "*Advisor*: Amina Haddad\n**Issue:** Koha reports\n",
            "- ADVISOR : Amina Haddad\n- issue : Koha reports\n",
            "Advisor\nAmina Haddad\n\nIssue\nKoha reports\n",
            "Advisor:\nAmina Haddad\nIssue:\nKoha reports\n",
            "Hello,\n\nConseillère : Amina Haddad\nQuestion : Koha reports\n\nMerci !\nLeila\n",
            "Advisor: Amina Haddad\nIssue: Koha reports\n-- \nLeila\nName: signature\n",
            "1. Advisor: Amina Haddad\n2) Issue: Koha reports\n",
            "| Advisor | Amina Haddad |\n|---|---|\n| Issue | Koha reports |\n",
            "Advisor......: Amina Haddad\nIssue.....: Koha reports\n",
        ] {
            let form = form("Request meeting", body);
            assert_eq!(form.kind, "Request meeting");
            assert_eq!(form.get("Advisor"), Some("Amina Haddad"), "{body}");
            assert_eq!(form.get("Issue"), Some("Koha reports"), "{body}");
            assert_eq!(form.fields.len(), 2, "{body}");
        }
    }

    #[test]
    fn a_value_runs_on_to_the_next_known_label_and_blank_fields_are_absent() {
        let form = form(
            "[network] Fwd: ADVISOR SIGN-UP",
            "Name: Leila\nAreas (one a line):\nKoha\nArabic metadata\n\nLanguages:\nTime zone: Africa/Cairo\n",
        );
        assert_eq!(form.get("Areas"), Some("Koha\nArabic metadata"));
        assert_eq!(form.get("Languages"), None);
        assert_eq!(form.get("Time zone"), Some("Africa/Cairo"));
    }

    #[test]
    fn an_unknown_label_is_kept_as_written() {
        let form =
            form("Request meeting", "Name: Leila\nDepartment: Serials\nIssue: a problem\nNB: it is urgent\n");
        assert_eq!(
            form.fields[1],
            Field { label: "Department".into(), value: "Serials".into(), known: false }
        );
        assert_eq!(form.get("Issue"), Some("a problem\nNB: it is urgent"));
    }

    #[test]
    fn a_two_column_table_is_a_form() {
        let html = "<table><tr><td><b>Advisor</b></td><td><p>Amina</p></td></tr>\
<tr><th>Issue:</th><td>Koha<br>reports</td></tr><tr><td>Name</td><td></td></tr></table>";
        let mail = Inbound::parse(
            format!("Subject: Request meeting\r\nContent-Type: text/html\r\n\r\n{html}").as_bytes(),
        );
        let form = read(&mail, &words()).expect("it is a form");
        assert_eq!(form.get("Advisor"), Some("Amina"));
        assert_eq!(form.get("Issue"), Some("Koha\nreports"));
        assert_eq!(form.get("Name"), None);
    }

    #[test]
    fn a_table_or_list_of_contacts_at_the_end_is_no_signature() {
        let html = "<p>Hello,</p><table><tr><td>Name</td><td>Leila Haddad</td></tr><tr><td>Email</td>\
<td>leila@campus.example</td></tr><tr><td>Phone</td><td>+20 2 2615 1234</td></tr></table>";
        let mail = Inbound::parse(
            format!("Subject: Advisor sign-up\r\nContent-Type: text/html\r\n\r\n{html}").as_bytes(),
        );
        let table = read(&mail, &words()).expect("it is a form");
        assert_eq!(table.fields.len(), 3, "{table:?}");
        let list = "\nName\nLeila Haddad\nEmail\nleila@campus.example\nPhone: +20 2 2615 1234\n";
        assert_eq!(form("Advisor sign-up", list).get("Email"), Some("leila@campus.example"));
    }

    #[test]
    fn a_reply_is_no_form_because_of_its_subject_but_may_begin_with_a_kind() {
        for subject in ["Re: Request meeting", "[net] AW: Request meeting", "Fwd: Re: Request meeting"] {
            assert_eq!(read(&mail(subject, "Advisor: Amina\n"), &words()), None, "{subject}");
        }
        let answer = "x\r\nIn-Reply-To: <a@b.example>";
        assert_eq!(read(&mail(&format!("Request meeting{}", &answer[1..]), "Hi\n"), &words()), None);
        assert_eq!(
            form("Re: hello", "Demande de rencontre\nConseiller: Amina\n").get("Advisor"),
            Some("Amina")
        );
    }

    #[test]
    fn prose_under_the_kind_is_a_form_without_fields() {
        let form = form("Request a meeting", "Could somebody help me with Koha? It is at 10:30 every day.\n");
        assert_eq!((form.kind.as_str(), form.fields.len()), ("Request meeting", 0));
    }

    #[test]
    fn a_label_of_another_kind_is_the_writers_own_word() {
        let request =
            form("Request meeting", "Issue: two things\nMinutes: how do we keep them?\nSujet : RDA\n");
        assert_eq!(request.fields.len(), 1);
        assert_eq!(request.get("Issue"), Some("two things\nMinutes: how do we keep them?\nRDA"));
        assert_eq!(form("Meeting confirmation", "Minutes: 30\n").get("Minutes"), Some("30"));
    }

    #[test]
    fn a_greeting_before_the_kind_is_skipped() {
        assert_eq!(
            form("hello", "Dear staff,\n\nRequest meeting\nAdvisor: Amina\n").get("Advisor"),
            Some("Amina")
        );
        assert_eq!(form("Request meeting with Amina", "Issue: Koha\n").get("Issue"), Some("Koha"));
    }

    #[test]
    fn french_endings_are_no_part_of_the_last_field() {
        for end in
            ["Bonne journée,", "Sincères salutations", "Merci d'avance !", "Bien à vous,", "À bientôt,"]
        {
            let form = form(
                "Demande de rencontre",
                &format!("Conseillère : Amina\nQuestion : Koha\n\n{end}\nLeila\n"),
            );
            assert_eq!(form.get("Issue"), Some("Koha"), "{end}");
        }
    }

    #[test]
    fn quoted_lines_are_no_fields() {
        let body =
            "Advisor: Amina\n\nOn Mon, 5 Oct 2026 at 10:00, Board <b@net.example> wrote:\n> Issue: old\n";
        assert_eq!(form("Request meeting", body).get("Issue"), None);
    }

    #[test]
    fn a_form_is_in_the_language_of_its_kind_and_labels() {
        let language = |subject, body| form(subject, body).language;
        let (en, fr) = (Some("en".to_owned()), Some("fr".to_owned()));
        assert_eq!(language("Demande de rencontre", "Conseiller : Amina\nQuestion : Koha\n"), fr);
        assert_eq!(language("Request meeting", "Advisor: Amina\nIssue: Koha\n"), en);
        let body = "Conseillère\u{a0}: Amina\nQuestion : Koha\nMoments préférés : mardi\n";
        assert_eq!(language("Request meeting", body), fr);
        assert_eq!(language("Demande de rencontre", "Advisor: Amina\n"), fr);
        assert_eq!(language("Request meeting", "Question: Koha\n"), en);
        assert_eq!(language("Mise à jour", ""), fr);
    }

    #[test]
    fn one_spelling_of_two_labels_is_an_error_that_names_both_and_their_files() {
        let files = [
            file("en", "[labels]\nTopic = [\"Subject\"]\n"),
            file("xx", "[labels]\nIssue = [\"subject\"]\n"),
        ];
        assert_eq!(
            FormWords::from_files(&files).expect_err("a collision"),
            "\"subject\" is a label of two meanings: Topic in en.toml, and Issue in xx.toml; take it out of one of them"
        );
        let kinds =
            file("en", "[kinds]\n\"Request meeting\" = [\"Form\"]\n\"Advisor update\" = [\"form:\"]\n");
        let error = FormWords::from_files(&[kinds]).expect_err("a collision");
        assert!(error.contains("Advisor update in en.toml, and Request meeting"), "{error}");
    }

    #[test]
    fn tens_of_thousands_of_labels_are_no_form_of_that_size() {
        let body: String = (0..60_000).map(|n| format!("Label{n}: y\n")).collect();
        assert!(form("Request meeting", &format!("Issue: Koha\n\n{body}")).fields.len() < 400);
    }

    #[test]
    fn a_reply_supplies_a_missing_field_with_its_label() {
        let fields = read_fields("Issue: Koha reports are slow", &words());
        assert_eq!(
            fields,
            [Field { label: "Issue".into(), value: "Koha reports are slow".into(), known: true }]
        );
    }
}
