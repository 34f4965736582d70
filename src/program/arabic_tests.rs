//! How people answer in Arabic, and what must never be taken from it.

use super::french_tests::shown;
use super::{Words, is_mere_thanks, language, read};
use crate::mail::form::WordsFile;

/// Compared with folded text, so they have to be folded themselves.
#[test]
fn arabic_in_the_lists_of_the_program_is_folded() {
    use crate::mail::fold::letters;
    let sources = [
        include_str!("courtesy.rs"),
        include_str!("date.rs"),
        include_str!("line.rs"),
        include_str!("meeting.rs"),
        include_str!("rank.rs"),
        include_str!("roster.rs"),
        include_str!("staff_words.rs"),
        include_str!("tongue.rs"),
    ];
    let mut tried = 0;
    for source in sources {
        let lists = source.split("#[cfg(test)]").next().unwrap_or_default();
        // What people typed, rather than what is compared, has its capitals, or an article with hamza.
        for word in lists
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|w| w.chars().any(|c| ('\u{620}'..='\u{64a}').contains(&c)))
        {
            let raw = word.ends_with(' ')
                || word.contains('|')
                || word == "العربية"
                || word == "أرسل من"
                || word == "ساع";
            assert!(raw || letters(word) == word, "{word} is written {}", letters(word));
            tried += 1;
        }
    }
    assert!(tried > 300, "only {tried} words");
}

/// A network of three languages.
fn words() -> Words {
    let file = |tag: &str, text: &str| {
        let read: WordsFile = toml::from_str(text).expect("shipped words");
        WordsFile { language: tag.into(), shown: format!("{tag}/words.toml"), ..read }
    };
    let files = [
        file("fr", include_str!("../../templates/fr/words.toml")),
        file("ar", include_str!("../../templates/ar/words.toml")),
    ];
    Words::from_files(&files).expect("the words of three languages do not collide")
}

fn assert_all(table: &[(&str, &str)]) {
    let words = words();
    let wrong: Vec<String> = table
        .iter()
        .map(|(line, expected)| (line, expected, shown(read(line, None, &words))))
        .filter(|(_, expected, got)| *expected != got)
        .map(|(line, expected, got)| format!("{line:?}: {got} instead of {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_word_has_its_arabic() {
    let english: WordsFile = toml::from_str(include_str!("../../templates/en/words.toml")).expect("English");
    let arabic: WordsFile = toml::from_str(include_str!("../../templates/ar/words.toml")).expect("Arabic");
    for (own, all) in
        [(&arabic.kinds, &english.kinds), (&arabic.labels, &english.labels), (&arabic.words, &english.words)]
    {
        for name in all.keys() {
            assert!(own.get(name).is_some_and(|spellings| !spellings.is_empty()), "{name}");
        }
    }
}

#[test]
fn the_words_of_the_letters_are_read() {
    assert_all(&[
        ("أقبل", "ACCEPT"),
        ("أَقْبَلُ.", "ACCEPT"),
        ("اقبل", "ACCEPT"),
        ("«أقبل»", "ACCEPT"),
        ("أقـبـل", "ACCEPT"),
        ("موافق", "ACCEPT"),
        ("موافقة", "ACCEPT"),
        ("موافقه!", "ACCEPT"),
        ("نعم", "YES"),
        ("نعم، شكرًا", "YES: شكرًا"),
        ("أعتذر", "DECLINE"),
        ("لا", "NO"),
        ("لا أستطيع", "DECLINE"),
        ("لا أستطيع القبول", "DECLINE"),
        ("لا أقبل", "DECLINE"),
        ("غير موافقة", "DECLINE"),
        ("لا مانع لدي", "ACCEPT"),
        ("سؤال: هل أنتم على كوها 24؟", "ASK(هل أنتم على كوها 24؟)"),
        ("لدي سؤال هل لديكم نظام كوها؟", "ASK(هل لديكم نظام كوها؟)"),
        ("غياب حتى 15 ديسمبر 2026", "AWAY(15 ديسمبر 2026)"),
        ("غائبة حتى ١٥ ديسمبر ٢٠٢٦", "AWAY(١٥ ديسمبر ٢٠٢٦)"),
        ("أنا في إجازة لغاية 15/12/2026", "AWAY(15/12/2026)"),
        ("أنا غائب 2026-12-15", "AWAY(2026-12-15)"),
        ("عدت", "BACK"),
        ("لقد عدت، شكرًا", "BACK: شكرًا"),
        ("إزالة", "REMOVE"),
        ("احذفوني من القائمة", "REMOVE"),
        ("القائمة", "ROSTER"),
        ("القائمة كوها، تقارير", "ROSTER(كوها، تقارير)"),
        ("مساعدة", "HELP"),
        ("الحالة؟", "STATUS"),
        ("اللغة العربية", "LANGUAGE(العربية)"),
        ("اللغة ar", "LANGUAGE(ar)"),
        ("LANGUAGE ar", "LANGUAGE(ar)"),
        ("بياناتي", "MY DATA"),
        ("احذفوا بياناتي", "FORGET ME"),
        ("بلاغ", "REPORT"),
        ("بلاغ K7Q2M", "REPORT(K7Q2M)"),
        ("شكوى ضد كريم: يكتب ليلا", "REPORT: ضد كريم: يكتب ليلا"),
        ("إلى الفريق عنواني تغيّر", "STAFF(عنواني تغيّر)"),
        ("عنواني الآخر layla@home.example", "ALSO ME(layla@home.example)"),
        ("كتبت إليها", "WRITTEN"),
        ("إلغاء", "CANCEL"),
        ("وصلني رد", "HEARD"),
        ("التالي", "NEXT"),
        ("أنتظر", "WAIT"),
        ("التقينا ٤٥ دقيقة", "HELD(45)"),
        ("نعم التقينا، 1 ساعة", "HELD(60)"),
        ("ليس بعد", "NOT YET"),
        ("لم نلتق", "NOT HELD"),
        ("لم نلتقِ بعد", "NOT YET"),
        ("عولج K7Q2M", "HANDLED(K7Q2M)"),
        ("عولج [\u{2068}K7Q2M\u{2069}]", "HANDLED(K7Q2M)"),
        ("اعتماد K7Q2M", "APPROVE(K7Q2M)"),
        ("إسناد K7Q2M كريم نصر", "ASSIGN(K7Q2M كريم نصر)"),
        ("إزالة كريم نصر", "REMOVE(كريم نصر)"),
        ("غياب أمينة حداد حتى 15 ديسمبر 2026", "AWAY(أمينة حداد) +away 15 ديسمبر 2026"),
        ("٢", "2"),
        ("۲", "2"),
        ("رقم ٢", "2"),
        ("أختار الرقم 2، شكرا", "2: شكرا"),
        ("الثانية", "2"),
    ]);
}

#[test]
fn a_note_follows_the_word_after_arabic_punctuation() {
    assert_all(&[
        ("أقبل، الثلاثاء مناسب", "ACCEPT: الثلاثاء مناسب"),
        ("أقبل؛ نتحدث غدًا", "ACCEPT: نتحدث غدًا"),
        ("أقبل. يسعدني ذلك", "ACCEPT: يسعدني ذلك"),
        ("أقبل بكل سرور إن شاء الله", "ACCEPT"),
        ("أعتذر، نحن في موسم الامتحانات", "DECLINE: نحن في موسم الامتحانات"),
        ("للأسف لا أستطيع", "DECLINE"),
        ("عذرًا، لا يمكنني المساعدة هذه المرة", "DECLINE"),
        ("أعتذر وغائبة حتى 15 ديسمبر", "DECLINE +away 15 ديسمبر: وغائبة حتى 15 ديسمبر"),
        ("أعتذر، جربوا كريم نصر", "DECLINE +try كريم نصر: جربوا كريم نصر"),
        ("أقبل\n\nمع التحية\nأمينة", "ACCEPT: مع التحية\nأمينة".replace('\n', "|").leak()),
    ]);
}

#[test]
fn greetings_are_skipped() {
    for greeting in [
        "السلام عليكم",
        "السلام عليكم ورحمة الله وبركاته،",
        "تحية طيبة وبعد،",
        "تحيّة طيّبة وبعد:",
        "عزيزتي ليلى،",
        "عزيزي الأستاذ كريم نصر،",
        "حضرة الأستاذة ليلى منصور المحترمة،",
        "ليلى،",
        "ليلى منصور،",
        "مرحبًا ليلى",
        "صباح الخير يا ليلى!",
        "الزميلة العزيزة",
        "السلام عليكم\n\nتحية طيبة وبعد،",
    ] {
        assert_all(&[
            (format!("{greeting}\n\nأقبل").leak(), "ACCEPT"),
            (format!("{greeting}\nلا أستطيع").leak(), "DECLINE"),
        ]);
    }
    assert_all(&[("السلام عليكم ورحمة الله، أقبل الطلب", "ACCEPT")]);
}

#[test]
fn a_negation_or_a_condition_decides_nothing() {
    for line in [
        "نعم ولكن ليس قبل مايو",
        "نعم، ولكن ليس قبل مايو",
        "نعم، لكنّي مشغولة هذا الشهر",
        "أقبل إذا كان اللقاء في مارس",
        "أقبل، إذا كان اللقاء في مارس",
        "أقبل، بشرط أن يكون اللقاء عن بعد",
        "موافقة، غير أنّ وقتي ضيق",
        "أوافق، إلا أنني مسافرة",
        "نعم، وليس هذا الأسبوع",
        "أقبل\nولكن ليس قبل مايو",
        "نعم،\nإن أمكن في مايو",
        "أقبل ربما",
        "أقبل، ربما",
        "لا أعرف",
        "لا أظن أنني أستطيع",
        "لم أقبل بعد",
        "لن أقبل قبل أن نتحدث",
        "أود أن أقبل ولكن وقتي ضيق",
        "هل أقبل؟",
        "أقبل؟",
        "2 أو 3",
        "أبلغكم أنني استلمت الرسالة",
        "تقرير كوها مرفق",
        "إزالة التكرار من التقرير تحتاج وقتا طويلا جدا",
        "القبول صعب",
        "كتبت لكم أمس عن كوها",
    ] {
        assert_all(&[(line, "nothing")]);
    }
}

#[test]
fn what_only_sounds_like_a_negation_does_not_undo_a_yes() {
    assert_all(&[
        ("أقبل، لا مشكلة", "ACCEPT: لا مشكلة"),
        ("أقبل، لا تترددوا في الاتصال بي", "ACCEPT: لا تترددوا في الاتصال بي"),
        ("نعم، لا مانع", "YES: لا مانع"),
        ("أقبل دون تردد", "ACCEPT"),
        ("أقبل لو سمحتم", "ACCEPT"),
        ("أقبل. لكن أمهلوني حتى الخميس", "ACCEPT: لكن أمهلوني حتى الخميس"),
    ]);
}

#[test]
fn marks_of_the_writing_direction_hinder_nothing() {
    for mark in [
        '\u{200e}', '\u{200f}', '\u{61c}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{2066}', '\u{2067}',
        '\u{2069}', '\u{200c}', '\u{feff}',
    ] {
        let line = |text: &str| -> &'static str { text.replace('~', &mark.to_string()).leak() };
        assert_all(&[
            (line("~أقبل~"), "ACCEPT"),
            (line("~أق~بل~.~"), "ACCEPT"),
            (line("~- ~أقبل~"), "ACCEPT"),
            (line("~I~ ~accept~"), "ACCEPT"),
            (line("~نعم~ ~ولكن~ ~ليس~ قبل مايو"), "nothing"),
            (line("~السلام عليكم~،~\n~أقبل~"), "ACCEPT"),
            (line("~٢~"), "2"),
            (line("رقم~ ~٢~"), "2"),
            (line("~عولج~ ~[~K7Q2M~]~"), "HANDLED(K7Q2M)"),
            (line("اللغة ~ar~"), "LANGUAGE(ar)"),
            (line("~لا~ ~أستطيع~"), "DECLINE"),
        ]);
    }
}

#[test]
fn mere_thanks_are_told_from_words() {
    for text in [
        "شكرا",
        "شكرًا جزيلًا لكم!",
        "شكرا لك يا ليلى",
        "شكرا ليلى",
        "تم",
        "تم الاستلام، شكرًا",
        "حسنًا، شكرا على التذكير",
        "شكرا\n\nمع التحية\nأمينة",
        "بارك الله فيكم",
        "السلام عليكم\nشكرا جزيلا",
        "وصلت، شكرا",
    ] {
        assert!(is_mere_thanks(text), "{text}");
    }
    for text in [
        "شكرا أريد موعدا آخر",
        "شكرا، متى نلتقي؟",
        "شكرا\nأريد موعدا",
        "تم تغيير النظام أمس",
        "شكرا على الرد المفصل ولكن لم أفهم",
    ] {
        assert!(!is_mere_thanks(text), "{text}");
    }
}

#[test]
fn the_language_of_an_arabic_word_is_arabic() {
    let words = words();
    for text in ["أقبل", "السلام عليكم\nأقبل", "للأسف لا أستطيع", "القائمة كوها"]
    {
        assert_eq!(language(text, None, &words), Some("ar"), "{text}");
    }
    assert_eq!(language("2", None, &words), None);
}
