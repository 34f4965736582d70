use super::*;
use crate::program::time_lines::read_lines;
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::{America, Asia, Europe, TZ_VARIANTS};
use proptest::prelude::*;

/// A Friday.
const NOW: &str = "2026-11-20T09:00:00Z";

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

/// `Dec 8 14:00` in the writer's zone, the minutes it lasts, and the zone if one was said.
fn shown(time: &ProposedTime) -> String {
    let here = time.start.with_timezone(&Asia::Beirut).format("%Y-%m-%d %H:%M");
    let minutes = time.minutes.map_or(String::new(), |minutes| format!(" {minutes} min"));
    let zone = if time.zone_said { format!(" {}", time.zone) } else { String::new() };
    format!("{here}{minutes}{zone}")
}

fn told(reading: &Reading) -> String {
    match reading {
        Reading::One(time) => shown(time),
        Reading::Several(times) => times.iter().map(shown).collect::<Vec<_>>().join(" | "),
        Reading::Past(time) => format!("past {}", shown(time)),
        Reading::DateOnly(day) => format!("day {day}"),
        Reading::None => "none".to_owned(),
    }
}

/// What an advisor in Beirut means who writes that line.
fn meant(line: &str) -> String {
    told(&read(line, Asia::Beirut, utc(NOW)))
}

fn all_mean(wanted: &str, lines: &[&str]) {
    let other: Vec<String> =
        lines.iter().filter(|l| meant(l) != wanted).map(|l| format!("{l} => {}", meant(l))).collect();
    assert!(other.is_empty(), "wanted {wanted}:\n{}", other.join("\n"));
}

#[test]
fn a_day_and_an_hour_are_a_time_in_many_spellings() {
    all_mean(
        "2026-12-08 14:00",
        &[
            "Tuesday 8 December at two",
            "8 December, two o'clock",
            "8 décembre à deux heures",
            "8 ديسمبر الساعة الثانية",
            "8 ديسمبر الساعة الثانية بعد الظهر",
            "Tue 8 Dec 14:00",
            "Tuesday, December 8, 2026 at 2:00 PM",
            "December 8th, 2 p.m.",
            "8th of December at 2pm",
            "Dec. 8, 14.00",
            "8 Dec 2026, 2 pm",
            "2026-12-08 14:00",
            "2026-12-08T14:00",
            "08.12.2026 14:00",
            "8.12.26, 14 Uhr",
            "8. Dezember um 14 Uhr",
            "Di, 8.12. 14:00 Uhr",
            "8 décembre 14h",
            "mardi 8 décembre à 14h",
            "le mardi 8 décembre 2026, à 14 heures",
            "mar. 8 déc. 14h00",
            "le mardi 8 à 14h",
            "Tuesday the 8th of December, 2 o'clock in the afternoon",
            "martes 8 de diciembre a las 14:00",
            "8 de diciembre de 2026 a las 2 de la tarde",
            "martedì 8 dicembre alle 14",
            "8 dezembro às 14h",
            "الثلاثاء 8 ديسمبر الساعة 14",
            "الثلاثاء ٨ كانون الأول الساعة ٢ بعد الظهر",
            "يوم الثلاثاء، 8 كانون الأول/ديسمبر 2026 الساعة 14:00",
            "8 ديسمبر 2 م",
            "٨ ديسمبر ٢:٠٠ مساءً",
            "14:00 on 8 December",
            "2pm, Tue 8 Dec",
            "8/12 14h mardi",
            "12/8/2026 2pm (Tuesday)",
            "Tue 8/12 14:00",
            "1. Tue 8 Dec 14:00",
            "1) 8 December, 14:00",
            "a) mardi 8 décembre 14h",
            "- Tue 8 Dec 14:00",
            "• 8 December 14:00",
            "2. December 8, 2 pm",
            "(1) 8 Dec 14:00",
            "Option 1: mardi 8 décembre 14h",
            "**Tue 8 Dec, 14:00**",
            "1️⃣ 8 Dec 14:00",
            "Tue 8 Dec 14:00 by phone, if that suits you",
            "Si possible, mardi 8 décembre 14h",
            "How about Tue 8 Dec at 14:00?",
            "I could do Tuesday 8 December at 14:00.",
            "Je peux mardi 8 décembre à 14h",
            "يمكنني الثلاثاء 8 ديسمبر الساعة 14",
            "mardi 8 décembre, de préférence à 14h",
            "Tue 8 Dec 14:00 https://zoom.example/j/5551234",
        ],
    );
}

#[test]
fn minutes_are_said_in_many_ways() {
    all_mean(
        "2026-12-08 14:30",
        &[
            "mardi 8 décembre à 14 h 30",
            "8 décembre 14h30",
            "8 décembre, 14 h 30 min",
            "8 décembre à 2 heures et demie de l'après-midi",
            "Dec 8, half past two pm",
            "Dec 8, 2.30pm",
            "Dec 8 at 2:30",
            "8 Dez. um 14.30 Uhr",
            "8 ديسمبر الساعة 2 والنصف بعد الظهر",
            "8 Dec 14:30:00",
            "8 ديسمبر الساعة الثانية والنصف ظهرا",
            "8 décembre à deux heures et demie",
        ],
    );
    all_mean("2026-12-08 14:45", &["8 décembre à 15h moins le quart", "Dec 8, quarter to 3 pm"]);
}

#[test]
fn how_long_it_lasts_is_read_too() {
    all_mean(
        "2026-12-08 14:00 60 min",
        &[
            "Tue 8 Dec 14:00–15:00",
            "Tue 8 Dec 14:00 - 15:00",
            "8 December, from 2 to 3pm",
            "8 December 2-3pm",
            "8 December, 2pm-3pm",
            "8 Dec between 2 and 3 pm",
            "8 décembre 14h-15h",
            "8 décembre de 14h à 15h",
            "8 décembre entre 14h et 15h",
            "8 Dezember von 14 bis 15 Uhr",
            "8 ديسمبر من الساعة 2 إلى 3 مساء",
            "8 Dec 14:00, 60 min",
            "8 Dec 14:00 (1h)",
            "8 Dec 14:00 for one hour",
            "8 décembre 14h, durée : 1 h",
            "8 ديسمبر الساعة 14 لمدة ساعة",
            "Tue 8 Dec 14-15",
            "Tue 8 Dec 14 to 15",
            "Tue 8 Dec, 14 - 15",
        ],
    );
    all_mean(
        "2026-12-08 11:00 120 min",
        &["8 Dec 11-1pm", "8 Dec 11am-1pm", "8 Dec 11:00-13:00", "8 Dec 11am to 1", "8 Dec 11am–1 pm"],
    );
    all_mean(
        "2026-12-08 14:00 45 min",
        &["8 Dec 14:00 45 min", "8 décembre 14h (45 minutes)", "8 ديسمبر الساعة 14، 45 دقيقة"],
    );
    all_mean("2026-12-08 14:00 90 min", &["8 décembre 14h, pendant 1h30", "8 Dec 14:00-15:30"]);
    all_mean("2026-12-08 10:00 120 min", &["8 Dec 10am–noon", "8 décembre 10h-midi", "8 Dec 10 to noon"]);
    all_mean("none", &["8 Dec 22:00-14:00"]);
}

#[test]
fn a_zone_may_be_a_city_letters_or_an_offset() {
    all_mean(
        "2026-12-08 15:00 Europe/Paris",
        &[
            "2026-12-08 2pm Paris",
            "8 décembre 14h (Paris)",
            "8 décembre 14:00 heure de Paris",
            "8 Dec 14:00 Europe/Paris",
            "8 Dec 2 pm Paris time",
            "8 ديسمبر الساعة 14 بتوقيت باريس",
            "Paris, 8 Dec 14:00",
            "8 Dec 14:00 in Paris",
        ],
    );
    all_mean(
        "2026-12-08 14:00 Africa/Cairo",
        &["8 Dec 2 pm Cairo time", "8 décembre 14h heure du Caire", "8 ديسمبر الساعة ٢ مساء بتوقيت القاهرة"],
    );
    all_mean(
        "2026-12-08 14:00 Asia/Beirut",
        &[
            "8 Dec 14:00 (Beirut)",
            "8 Dec, 14:00 (my time)",
            "8 DEC 14:00 BEIRUT",
            "8 Dec 14:00 Beirut / 13:00 Paris",
        ],
    );
    all_mean(
        "2026-12-08 13:00 60 min UTC+3",
        &["8 Dec 14:00–15:00 UTC+3", "8 Dec 14:00-15:00 (GMT+3)", "8 Dec 2-3pm UTC +03:00"],
    );
    all_mean(
        "2026-12-08 16:00 UTC",
        &[
            "2026-12-08T14:00Z",
            "2026-12-08T14:00:00Z",
            "2026-12-08T14:00:00.000Z",
            "8 Dec 14:00 GMT",
            "8 Dec 14:00 utc",
            "8 décembre 14h TU",
            "8 ديسمبر 14:00 بتوقيت غرينتش",
            "2026-12-08T14:00:00+00:00",
        ],
    );
    all_mean(
        "2026-12-08 21:30 UTC-5",
        &[
            "Dec 8, 2:30 p.m. EST",
            "Dec 8, 2:30pm est",
            "Tue, 08 Dec 2026 14:30:00 -0500",
            "2026-12-08T14:30-05:00",
            "8 déc. 14h30 HNE",
        ],
    );
    all_mean(
        "2026-12-08 21:30 America/New_York",
        &[
            "Dec 8, 2:30 pm ET",
            "Dec 8, 2:30 pm Eastern Time",
            "Dec 8, 14:30 New York",
            "Dec 8 2:30pm (America/New_York)",
        ],
    );
    all_mean("2026-12-08 15:00 UTC+1", &["8 Dec 14:00 CET", "8 Dez 14 Uhr MEZ"]);
    all_mean("2027-07-08 15:00 UTC+2", &["8 July 2027 14:00 CEST"]);
    all_mean("2027-07-08 21:00 UTC-4", &["8 July 2027 2pm EDT"]);
    all_mean("2026-12-08 10:30 UTC+5:30", &["8 Dec 14:00 UTC+5:30", "8 Dec 14:00 +0530"]);
    all_mean(
        "none",
        &[
            "8 Dec 14:00 IST",
            "8 Dec 14:00 your time",
            "8 Dec 2pm Atlantis time",
            "8 décembre 14h heure de Syldavie",
            "8 Dec 14:00 Paris (14:00 Beirut)",
        ],
    );
    let kolkata = read("8 Dec 14:00 IST", Asia::Kolkata, utc(NOW));
    assert_eq!(told(&kolkata), "2026-12-08 10:30 UTC+5:30");
}

#[test]
fn weekdays_and_tomorrow_are_days_to_come() {
    all_mean(
        "2026-11-24 14:00",
        &[
            "Tuesday 14:00",
            "mardi 14h",
            "الثلاثاء الساعة 14",
            "Tues 2pm",
            "mar 14h",
            "mardi prochain 14h",
            "this Tuesday at 2",
            "Tuesday next week 14:00",
            "Tuesday 24 at 14:00",
            "الثلاثاء القادم الساعة ٢ بعد الظهر",
            "Tuesday afternoon at 2",
            "mardi après-midi à 2h",
        ]
        .map(|l| l),
    );
    all_mean(
        "2026-11-21 10:00",
        &[
            "tomorrow 10am",
            "demain 10h",
            "demain à 10 h",
            "tomorrow at ten",
            "demain à dix heures",
            "غدا الساعة العاشرة",
            "غدا الساعة 10",
            "Saturday at 10",
            "morgen um 10 Uhr",
            "tomorrow morning at 10",
            "demain matin 10h",
            "mañana a las 10",
        ],
    );
    all_mean(
        "2026-11-21 15:00",
        &[
            "غدا الساعة ٣ مساء",
            "غداً الساعة 3",
            "tomorrow at 3",
            "tomorrow 3 o'clock",
            "demain à 3h",
            "tomorrow 3:00",
        ],
    );
    all_mean(
        "2026-11-26 12:00",
        &["Thursday at noon", "jeudi à midi", "jeudi midi", "الخميس الساعة 12 ظهرا", "Thu noon"],
    );
    all_mean("2026-11-22 10:00", &["après-demain 10h", "day after tomorrow 10:00", "بعد غد الساعة 10"]);
    all_mean(
        "2026-11-20 18:00",
        &[
            "today 6pm",
            "ce soir 18h",
            "ce soir à 6h",
            "today at 18:00",
            "اليوم الساعة 6 مساء",
            "Friday 18:00",
        ],
    );
    // At 11:00 in Beirut, ten o'clock is over.
    all_mean("2026-11-27 10:00", &["Friday 10:00", "vendredi 10h"]);
    all_mean("past 2026-11-20 10:00", &["today 10:00", "20 November 10:00", "Fri 20 Nov 10am"]);
    all_mean("past 2026-11-18 10:00", &["Wed 18 Nov 10:00", "2026-11-18 10:00"]);
    all_mean("2027-03-04 10:00", &["4 March 10:00", "4 mars 10h"]);
}

#[test]
fn two_readings_are_both() {
    all_mean("2027-03-04 14:00 | 2027-04-03 14:00", &["03/04 2pm", "03/04/2027 14:00", "4/3 14h"]);
    all_mean("2027-04-03 14:00", &["Sat 03/04 2pm", "samedi 3/4 14h", "03.04.2027 14:00"]);
    all_mean("2026-11-24 07:00 | 2026-11-24 19:00", &["Tuesday at 7", "Tuesday 7:00"]);
    all_mean("2026-11-24 07:00", &["Tuesday 07:00", "Tuesday 7am", "mardi 7h", "Tuesday morning at 7"]);
    // Nobody proposes what is over.
    all_mean("2026-12-08 14:00", &["8/12/2026 14h"]);
    // The day or the weekday is wrong.
    all_mean("2026-12-08 14:00 | 2026-12-09 14:00", &["Tue 9 Dec 14:00", "mardi 9 décembre 14h"]);
    // In New York the hour comes twice on that night.
    let fold = |line: &str| read(line, America::New_York, utc("2026-10-30T00:00:00Z"));
    assert!(matches!(fold("1 Nov 2026 01:30 America/New_York"), Reading::Several(times) if times.len() == 2));
    assert!(matches!(fold("1 Nov 2026 01:30"), Reading::One(_)));
    let gap = read("2027-03-28 02:30 Paris", Asia::Beirut, utc(NOW));
    assert!(matches!(gap, Reading::One(time) if time.start == utc("2027-03-28T01:00:00Z")));
    let said = read("next Tuesday 14:00", Asia::Beirut, utc("2026-11-23T09:00:00Z"));
    assert_eq!(told(&said), "2026-11-24 14:00 | 2026-12-01 14:00");
}

#[test]
fn a_day_without_an_hour_can_be_asked_about() {
    all_mean("day 2026-12-08", &["8 December", "mardi 8 décembre", "2026-12-08", "1. Tue 8 Dec"]);
    all_mean("day 2026-11-24", &["Tuesday", "mardi", "الثلاثاء", "Tuesday morning"]);
}

#[test]
fn prose_is_no_time() {
    all_mean(
        "none",
        &[
            "",
            "14:00",
            "at 3pm",
            "I can do that before May",
            "call me at 555 1234",
            "we had 14:00 classes for 3 years",
            "we had 14:00 classes on Tuesday",
            "Room 2026",
            "ISO 8601",
            "version 12.8",
            "My number is 2026-12",
            "See chapter 3, page 14",
            "See chapter 3, page 14 on Tuesday at 14:00",
            "Not Tuesday 14:00",
            "I can't do Tuesday at 14:00",
            "mardi 14h je ne peux pas",
            "لا أستطيع الثلاثاء الساعة 14",
            "Every Tuesday at 14:00",
            "Any time after 14:00 on Tuesday",
            "mardi avant 14h",
            "I would be glad to hear on Tuesday at 14:00 how you decided to do all of this work",
            "I have 3 years of experience with 2 systems",
            "amina@library.example 8 Dec 14:00",
            "+961 1 350 000",
            "Tel. 01 23 45 67 89",
            "Vol. 8, no. 12 (2026), pp. 14-15",
            "The budget is 14:00",
            "on 8 December we met 3 times",
            "Mon bureau est ouvert",
            "I sat down in March",
            "Sam",
            "by Tuesday 14:00",
            "Mon-Fri 9:00-17:00",
            "I teach on Tuesday at 10",
            "X-Version: 2.1a3",
            "لا أحد",
            "RFC 5545",
            "10-11",
            "12/8",
            "1.",
            "-",
            "???",
        ],
    );
}

#[test]
fn a_text_is_divided_into_times_and_the_rest() {
    let text = "Dear Leila,\r\nthese suit me:\n\n1. Tue 8 Dec 14:00\n2. mercredi 9 décembre 10h ou 11h\n- Thursday or Friday at 3pm\nBest wishes\nAmina";
    let (times, rest) = read_lines(text, Asia::Beirut, utc(NOW));
    let told: Vec<(&str, String)> =
        times.iter().map(|(line, reading)| (line.as_str(), told(reading))).collect();
    assert_eq!(
        told,
        [
            ("1. Tue 8 Dec 14:00", "2026-12-08 14:00".to_owned()),
            ("2. mercredi 9 décembre 10h", "2026-12-09 10:00".to_owned()),
            ("11h", "2026-12-09 11:00".to_owned()),
            ("- Thursday", "2026-11-26 15:00".to_owned()),
            ("Friday at 3pm", "2026-11-20 15:00".to_owned()),
        ]
    );
    assert_eq!(rest, "Dear Leila,\nthese suit me:\n\nBest wishes\nAmina");
}

#[test]
fn words_beside_a_time_are_kept() {
    for line in ["Tuesday 2pm, bring the Koha logs", "Tue 14:00 or Thu 10:00 (Thursday is better)"] {
        let (times, rest) = read_lines(line, Asia::Beirut, utc(NOW));
        assert!(!times.is_empty(), "{line}");
        assert_eq!(rest, line);
    }
}

#[test]
fn several_times_stand_in_one_line() {
    let both = "2026-11-24 14:00, 2026-11-26 10:00";
    for line in [
        "Tue 14:00; Thu 10:00",
        "Tue 14:00 / Thu 10:00",
        "Tuesday 14:00 or Thursday 10:00",
        "mardi 14h ou jeudi 10h",
        "mardi 14h et jeudi 10h",
        "Tue 24 Nov 14:00, Thu 26 Nov 10:00",
        "الثلاثاء الساعة 14 أو الخميس الساعة 10",
        "Either Tuesday 2pm, or Thursday 10am",
        "Tue 14:00 | Thu 10:00",
    ] {
        let (times, rest) = read_lines(line, Asia::Beirut, utc(NOW));
        let told: Vec<String> = times.iter().map(|(_, reading)| told(reading)).collect();
        assert_eq!((told.join(", ").as_str(), rest.as_str()), (both, ""), "{line}");
    }
    for line in [
        "Mon 14:00 or Tue 15:00 UTC",
        "Mon 14:00 UTC or Tue 15:00",
        "1/ Mon 14:00 GMT, Tue 15:00",
        "Mon 14h UTC; Tue 15h",
    ] {
        let (times, _) = read_lines(line, Asia::Beirut, utc(NOW));
        let told: Vec<String> = times.iter().map(|(_, reading)| told(reading)).collect();
        assert_eq!(told, ["2026-11-23 16:00 UTC", "2026-11-24 17:00 UTC"], "{line}");
    }
    let (times, _) = read_lines("Tuesday 10-11 or 14-15", Asia::Beirut, utc(NOW));
    assert_eq!(told(&times[1].1), "2026-11-24 14:00 60 min");
    let (times, _) = read_lines("Tue 14:00 Paris / 15:00 Beirut", Asia::Beirut, utc(NOW));
    assert_eq!(times.len(), 1);
    let (times, rest) = read_lines("Tue 14:00, but not Thursday", Asia::Beirut, utc(NOW));
    assert_eq!((times.len(), rest.as_str()), (0, "Tue 14:00, but not Thursday"));
}

/// Zones whose name means the same all year, or changes with the place.
fn is_named(zone: Tz) -> bool {
    zone_words::of_full_name(zone.name()) == Some(zone)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_written_in_a_zone_is_read_in_it(
        zone in prop::sample::select(TZ_VARIANTS.to_vec()).prop_filter("a name", |zone| is_named(*zone)),
        home in prop::sample::select(TZ_VARIANTS.to_vec()),
        minutes in 1_i64..10 * 366 * 24 * 60,
        style in 0..9_usize,
    ) {
        let now = utc(NOW);
        let start = now + TimeDelta::minutes(minutes);
        written_is_read(start, zone, home, style)?;
    }

    #[test]
    fn nights_on_which_clocks_are_changed_are_read_as_others(
        zone in prop::sample::select(vec![Europe::Paris, America::New_York, Asia::Beirut, chrono_tz::Africa::Cairo, chrono_tz::Australia::Lord_Howe, chrono_tz::Africa::Casablanca, America::Sao_Paulo]),
        year in 2027..2036_i32,
        month in prop::sample::select(vec![2_u32, 3, 4, 9, 10, 11]),
        quarter in 0..31 * 24 * 4_i64,
        style in 0..9_usize,
    ) {
        let first = NaiveDate::from_ymd_opt(year, month, 1).expect("a day").and_time(NaiveTime::MIN).and_utc();
        written_is_read(first + TimeDelta::minutes(15 * quarter), zone, Asia::Beirut, style)?;
    }

    #[test]
    fn any_line_is_read_without_a_panic(line in r"[\PC]{0,60}", other in r"([0-9]{1,4}|[-/:., ]|h|am|pm|mardi|Tue|Dec|8|14|UTC|\+|الساعة|غدا){0,14}") {
        let _ = read_lines(&line, Asia::Beirut, utc(NOW));
        let _ = read_lines(&other, Asia::Beirut, utc(NOW));
    }

    #[test]
    fn prose_of_plain_words_is_no_time(line in r"([a-z]{4,9} ){3,12}") {
        let reading = read(&line, Asia::Beirut, utc(NOW));
        prop_assert!(!matches!(reading, Reading::One(_) | Reading::Several(_)), "{}", line);
    }
}

fn written_is_read(start: DateTime<Utc>, zone: Tz, home: Tz, style: usize) -> Result<(), TestCaseError> {
    let there = start.with_timezone(&zone);
    let name = zone.name();
    let line = match style {
        0 => format!("{} {name}", there.format("%Y-%m-%d %H:%M")),
        1 => format!("{} {name}", there.format("%A %-d %B %Y at %-I:%M %p")),
        2 => format!("{} ({name})", there.format("%a, %b %-d, %Y, %I:%M%P")),
        3 => there.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        4 => there.format("%a, %d %b %Y %H:%M:%S %z").to_string(),
        5 => format!("{} {name}", there.format("%d.%m.%Y %H.%M Uhr")),
        6 => format!("{} {name}", there.format("%a %-d/%-m/%Y %Hh%M")),
        7 => format!(
            "1. {}–{} {name}",
            there.format("%-d %b %Y, %H:%M"),
            (there.naive_local() + TimeDelta::minutes(45)).format("%H:%M")
        ),
        _ => format!(
            "le {} {} {}, à {} ({name})",
            there.day(),
            FRENCH[there.month0() as usize],
            there.year(),
            there.format("%H h %M")
        ),
    };
    let found = match read(&line, home, utc(NOW)) {
        Reading::One(time) => vec![time],
        Reading::Several(times) => times,
        _ => Vec::new(),
    };
    let may_mean = meanings(there.naive_local(), zone, style == 6);
    prop_assert!(found.iter().any(|time| time.start == start), "{line}: {found:?}");
    prop_assert!(found.iter().all(|time| may_mean.contains(&time.start)), "{line}: {found:?}");
    prop_assert!(found.len() <= may_mean.len(), "{line}: {found:?}");
    Ok(())
}

/// The instants a local time may mean: two where clocks go back, and, written with
/// slashes, those of the day whose month and day stand the other way round.
fn meanings(local: NaiveDateTime, zone: Tz, slashes: bool) -> Vec<DateTime<Utc>> {
    let mut days = vec![local.date()];
    if slashes {
        days.extend(NaiveDate::from_ymd_opt(local.year(), local.day(), local.month()));
    }
    days.iter().flat_map(|day| Zone::Named(zone).instants(day.and_time(local.time()))).collect()
}

const FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
