//! Zones as people name them: by a city, by letters, by their distance from UTC.

use super::record::Timestamp;
use super::time_piece::{Kind, Pieces};
use super::zone::Zone;
use crate::mail::fold;
use chrono::{Datelike, Offset, TimeZone, Utc};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is said of a zone at a place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ZoneSaid {
    Here(Zone),
    /// One that we do not know: better none than a wrong one.
    Unknown,
}

/// From letters to minutes east of UTC, whatever the season. Left out are those that mean several
/// things around the world (`IST`, `AST`): they mean something only to who lives there.
#[rustfmt::skip]
const LETTERS: &[(&str, i32)] = &[
    ("utc", 0), ("gmt", 0), ("ut", 0), ("z", 0), ("tu", 0), ("tuc", 0), ("غرينتش", 0), ("جرينتش", 0), ("wet", 0), ("west", 60), ("bst", 60), ("wat", 60), ("cet", 60), ("met", 60), ("mez", 60),
    ("hec", 60), ("cest", 120), ("mest", 120), ("mesz", 120), ("cat", 120), ("sast", 120), ("eet", 120), ("eest", 180), ("eat", 180), ("msk", 180), ("trt", 180), ("gst", 240),
    ("pkt", 300), ("wib", 420), ("wita", 480), ("hkt", 480), ("sgt", 480), ("awst", 480), ("jst", 540), ("kst", 540), ("acst", 570), ("aest", 600), ("acdt", 630), ("aedt", 660),
    ("nzst", 720), ("nzdt", 780), ("nst", -210), ("ndt", -150), ("adt", -180), ("brt", -180), ("art", -180), ("edt", -240), ("clt", -240), ("est", -300), ("cdt", -300), ("cot", -300),
    ("pet", -300), ("cst", -360), ("mdt", -360), ("mst", -420), ("pdt", -420), ("pst", -480), ("akdt", -480), ("akst", -540), ("hst", -600), ("hne", -300), ("hae", -240),
    ("hnc", -360), ("hac", -300), ("hnp", -480), ("hap", -420),
];

/// Letters of zones that change with the season.
const SEASONAL: &[(&str, Tz)] = &[
    ("et", chrono_tz::America::New_York),
    ("ct", chrono_tz::America::Chicago),
    ("mt", chrono_tz::America::Denver),
    ("pt", chrono_tz::America::Los_Angeles),
];

/// Letters that are words: a zone in capitals, or at the end of the line.
#[rustfmt::skip]
const ALSO_WORDS: &[&str] = &["est", "et", "ct", "mt", "pt", "west", "met", "wet", "eat", "cat", "art", "pet", "cot", "ut", "tu", "hap", "hac", "adt", "z"];

/// Cities by names that IANA does not give them, and zones called by what they cover.
#[rustfmt::skip]
const PLACES: &[(&str, Tz)] = {
    use chrono_tz::{Africa, America, Asia, Europe};
    &[
        ("eastern", America::New_York), ("central", America::Chicago), ("mountain", America::Denver), ("pacific", America::Los_Angeles),
        ("eastern european", Europe::Athens), ("central european", Europe::Paris), ("western european", Europe::Lisbon), ("europe centrale", Europe::Paris), ("europe orientale", Europe::Athens), ("europe de l est", Europe::Athens),
        ("le caire", Africa::Cairo), ("caire", Africa::Cairo), ("kairo", Africa::Cairo), ("el cairo", Africa::Cairo), ("القاهره", Africa::Cairo), ("بيروت", Asia::Beirut), ("beyrouth", Asia::Beirut), ("beyrut", Asia::Beirut),
        ("باريس", Europe::Paris), ("parigi", Europe::Paris), ("لندن", Europe::London), ("londres", Europe::London), ("londra", Europe::London), ("الرياض", Asia::Riyadh), ("riyad", Asia::Riyadh), ("مكه", Asia::Riyadh), ("مكه المكرمه", Asia::Riyadh),
        ("دبي", Asia::Dubai), ("بغداد", Asia::Baghdad), ("bagdad", Asia::Baghdad), ("دمشق", Asia::Damascus), ("damas", Asia::Damascus), ("القدس", Asia::Jerusalem), ("غزه", Asia::Gaza), ("الكويت", Asia::Kuwait), ("koweit", Asia::Kuwait),
        ("الدوحه", Asia::Qatar), ("صنعاء", Asia::Aden), ("مسقط", Asia::Muscat), ("المنامه", Asia::Bahrain), ("تونس", Africa::Tunis), ("الجزاير", Africa::Algiers), ("alger", Africa::Algiers), ("طرابلس", Africa::Tripoli),
        ("الدار البيضاء", Africa::Casablanca), ("الخرطوم", Africa::Khartoum), ("نواكشوط", Africa::Nouakchott), ("مقديشو", Africa::Mogadishu), ("اسطنبول", Europe::Istanbul), ("نيويورك", America::New_York),
        ("nueva york", America::New_York), ("bruxelles", Europe::Brussels), ("athenes", Europe::Athens), ("atene", Europe::Athens), ("varsovie", Europe::Warsaw), ("vienne", Europe::Vienna), ("wien", Europe::Vienna), ("lisbonne", Europe::Lisbon),
        ("lisboa", Europe::Lisbon), ("copenhague", Europe::Copenhagen), ("moscou", Europe::Moscow), ("moskau", Europe::Moscow), ("москва", Europe::Moscow), ("roma", Europe::Rome), ("rom", Europe::Rome), ("geneve", Europe::Zurich),
        ("geneva", Europe::Zurich), ("kyiv", Europe::Kiev), ("pekin", Asia::Shanghai), ("beijing", Asia::Shanghai), ("delhi", Asia::Kolkata), ("new delhi", Asia::Kolkata), ("montreal", America::Montreal), ("mexico", America::Mexico_City), ("alexandria", Africa::Cairo),
    ]
};

/// Before a place: `heure de Paris`.
#[rustfmt::skip]
const TIME_OF: &[&str] = &["heure de", "heure du", "heure d", "heure a", "heure normale d", "heure d ete d", "heure normale de", "heure d ete de", "heures de", "hora de", "ora di", "ora del", "بتوقيت", "توقيت", "حسب توقيت"];
/// After it: `Cairo time`.
#[rustfmt::skip]
const TIME: &[&str] = &["time", "standard time", "daylight time", "summer time", "winter time", "local time", "zeit", "tijd", "tid"];
/// The writer's own.
#[rustfmt::skip]
const OWN: &[&str] = &["my time", "my local time", "local time", "our time", "heure locale", "mon heure", "ortszeit", "hora local", "ora locale", "بتوقيتي", "بالتوقيت المحلي", "التوقيت المحلي"];
/// The reader's, who is not there to be asked.
#[rustfmt::skip]
const OTHERS: &[&str] = &["your time", "your local time", "votre heure", "heure chez vous", "deine zeit", "ihre zeit", "su hora", "بتوقيتك", "بتوقيتكم"];

/// Parts of zone names that are more often something else, and cities that others are called like.
#[rustfmt::skip]
const NO_CITIES: &[&str] = &[
    "reunion", "easter", "christmas", "center", "oral", "male", "nome", "virgin", "resolute", "johnston", "norfolk", "stanley", "jersey", "wake", "midway", "victoria", "north", "south",
    "west", "act", "nsw", "lhi", "san juan", "san luis", "la rioja", "cordoba", "merida", "adelaide", "regina", "canary", "general", "bahia", "dominica", "thule", "chagos", "mahe", "truk", "creston", "dawson",
];

const REGIONS: [&str; 8] =
    ["Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// A zone by its name in the database; whole names that are letters with a fixed meaning are not.
pub(super) fn of_full_name(name: &str) -> Option<Tz> {
    static NAMES: LazyLock<BTreeMap<String, Tz>> =
        LazyLock::new(|| TZ_VARIANTS.iter().map(|zone| (zone.name().to_ascii_lowercase(), *zone)).collect());
    let zone = *NAMES.get(&name.to_ascii_lowercase())?;
    let known = name.contains('/') || zone.name() == name && !is_letters(&fold::letters(name));
    known.then_some(zone)
}

fn is_letters(word: &str) -> bool {
    LETTERS.iter().any(|(letters, _)| *letters == word)
}

/// The city at the end of a zone's name, or the country that it is called after.
fn cities() -> &'static BTreeMap<String, Tz> {
    static CITIES: LazyLock<BTreeMap<String, Tz>> = LazyLock::new(|| {
        let named = TZ_VARIANTS.iter().filter_map(|zone| Some((city_of(zone.name())?, *zone)));
        let places = PLACES.iter().map(|(place, zone)| ((*place).to_owned(), *zone));
        named.filter(|(city, _)| !NO_CITIES.contains(&city.as_str())).chain(places).collect()
    });
    &CITIES
}

fn city_of(name: &str) -> Option<String> {
    let city = match name.split('/').collect::<Vec<_>>().as_slice() {
        // Indiana and Dakota have towns that are called as places everywhere are.
        ["America", "Indiana" | "North_Dakota" | "Kentucky", _] => return None,
        [region, .., city] if REGIONS.contains(region) => *city,
        [country] if country.len() > 3 && country.chars().all(char::is_alphabetic) => {
            country.contains(char::is_lowercase).then_some(*country)?
        }
        _ => return None,
    };
    Some(fold::letters(city).replace(['_', '-'], " "))
}

/// The zone that is said here, and in how many pieces. `after_time`: an hour stands before it.
pub(super) fn at(
    pieces: &Pieces,
    at: usize,
    home: Tz,
    now: Timestamp,
    after_time: bool,
) -> Option<(ZoneSaid, usize)> {
    if let Some(Kind::Zone(zone)) = pieces.kind(at) {
        return Some((ZoneSaid::Here(Zone::Named(*zone)), 1));
    }
    if let Some(used) = pieces.one_of(at, OWN) {
        return Some((ZoneSaid::Here(Zone::Named(home)), used));
    }
    if let Some(used) = pieces.one_of(at, OTHERS) {
        return Some((ZoneSaid::Unknown, used));
    }
    let bare = || offset(pieces, at).filter(|_| after_time && may_be_offset(pieces, at));
    let bare = bare().map(|(minutes, used)| (ZoneSaid::Here(Zone::Offset(minutes)), used));
    bare.or_else(|| letters_at(pieces, at, home, now, after_time))
        .or_else(|| place_at(pieces, at, after_time))
}

/// `EST`, `GMT`, `UTC+3`. Letters that mean something where the writer lives mean that.
fn letters_at(
    pieces: &Pieces,
    at: usize,
    home: Tz,
    now: Timestamp,
    after_time: bool,
) -> Option<(ZoneSaid, usize)> {
    let adorned = pieces.one_of(at, TIME_OF).unwrap_or(0);
    let at_letters = at + adorned;
    let word = pieces.word(at_letters)?;
    let ends = pieces.skip_signs(at_letters + 1) == pieces.len();
    let sure = !ALSO_WORDS.contains(&word) || pieces.is_capitals(word) || after_time && (ends || word == "z");
    let fixed = || LETTERS.iter().find(|(letters, _)| *letters == word).map(|(_, minutes)| *minutes);
    let seasonal = || SEASONAL.iter().find(|(letters, _)| *letters == word).map(|(_, zone)| *zone);
    if let Some(minutes) = offset_at_home(word, home, now).or_else(fixed).filter(|_| sure) {
        let (more, used) = offset(pieces, at_letters + 1).filter(|_| minutes == 0).unwrap_or((0, 0));
        let time = pieces.one_of(at_letters + 1 + used, TIME).unwrap_or(0);
        return Some((ZoneSaid::Here(Zone::Offset(minutes + more)), adorned + 1 + used + time));
    }
    if let Some(zone) = seasonal().filter(|_| sure) {
        return Some((ZoneSaid::Here(Zone::Named(zone)), adorned + 1));
    }
    let strange = pieces.is_capitals(word) && (3..=5).contains(&word.len()) && word.ends_with('t');
    (strange && after_time && !cities().contains_key(word)).then_some((ZoneSaid::Unknown, adorned + 1))
}

/// What those letters mean where the writer lives, in winter or in summer.
fn offset_at_home(word: &str, home: Tz, now: Timestamp) -> Option<i32> {
    let seasons = [1, 7].map(|month| Utc.with_ymd_and_hms(now.year(), month, 1, 0, 0, 0).single());
    let offsets = seasons.into_iter().flatten().map(|time| *time.with_timezone(&home).offset());
    let mut called = offsets.filter(|o| o.abbreviation().is_some_and(|a| a.eq_ignore_ascii_case(word)));
    called.next().map(|offset| offset.fix().local_minus_utc() / 60)
}

/// `+3`, `-03:30`, `+0530`: minutes east of UTC. Its sign stands at the number: `UTC - 10:00` is
/// the end of something.
fn offset(pieces: &Pieces, at: usize) -> Option<(i32, usize)> {
    let sign = if pieces.sign(at, '+') {
        1
    } else if pieces.sign(at, '-') {
        -1
    } else {
        return None;
    };
    let (hours, digits) = pieces.number(at + 1).filter(|_| pieces.is_tight(at + 1))?;
    let minutes = pieces.sign_and_number(at + 2, ':').filter(|(_, digits)| *digits == 2);
    let (total, used) = match (digits, minutes) {
        (1 | 2, Some((minutes, _))) if minutes < 60 => (hours * 60 + minutes, 4),
        (1 | 2, None) => (hours * 60, 2),
        (4, None) => (hours / 100 * 60 + hours % 100, 2),
        _ => return None,
    };
    let total = i32::try_from(total).ok().filter(|total| *total <= 14 * 60)?;
    Some((sign * total, used))
}

/// After an hour `-05:00` is the end of something, unless it is an instant's (RFC 3339 §5.6):
/// `T14:00-05:00`, `14:00:00-05:00`.
fn may_be_offset(pieces: &Pieces, at: usize) -> bool {
    let back = |n: usize| at.checked_sub(n);
    let sign = |n: usize, sign: char| back(n).is_some_and(|at| pieces.sign(at, sign));
    let instant = sign(4, ':') || back(4).and_then(|at| pieces.word(at)) == Some("t");
    let four = pieces.number(at + 1).is_some_and(|(_, digits)| digits == 4);
    pieces.sign(at, '+') || four || instant && (sign(2, ':') || sign(2, '.'))
}

/// `Cairo`, `Cairo time`, `heure de Paris`, `بتوقيت القاهرة`.
fn place_at(pieces: &Pieces, at: usize, after_time: bool) -> Option<(ZoneSaid, usize)> {
    let before = pieces.one_of(at, TIME_OF).unwrap_or(0);
    let words = |n: usize| (0..n).map(|k| pieces.word(at + before + k)).collect::<Option<Vec<_>>>();
    let city = |n: usize| Some((n, *cities().get(&words(n)?.join(" "))?));
    let found = (1..=4).rev().find_map(city);
    let after = |n: usize| pieces.one_of(at + before + n, TIME);
    match found {
        // `central` and `pacific` are words.
        Some((1, _)) if before == 0 && is_us_zone(pieces.word(at)?) && after(1).is_none() => None,
        Some((n, zone)) => {
            let here = ZoneSaid::Here(Zone::Named(zone));
            Some((here, before + n + after(n).unwrap_or(0)))
        }
        None if before > 0 && after_time => Some((ZoneSaid::Unknown, before)),
        None => {
            let n = (1..=2).find(|n| words(*n).is_some() && after(*n).is_some()).filter(|_| after_time)?;
            Some((ZoneSaid::Unknown, n + 1))
        }
    }
}

fn is_us_zone(word: &str) -> bool {
    ["eastern", "central", "mountain", "pacific"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_as_they_are_compared() {
        for (word, _) in LETTERS {
            assert_eq!(fold::letters(word), *word);
        }
        for (place, _) in PLACES {
            assert_eq!(fold::letters(place), *place);
        }
    }

    #[test]
    fn cities_are_known_by_the_zones_called_after_them() {
        use chrono_tz::{America, Asia, Europe};
        for (city, zone) in [
            ("paris", Europe::Paris),
            ("sao paulo", America::Sao_Paulo),
            ("buenos aires", America::Argentina::Buenos_Aires),
            ("port au prince", America::PortauPrince),
            ("beirut", Asia::Beirut),
        ] {
            let found = cities().get(city).map(|zone| zone.name().rsplit('/').next());
            assert_eq!(found, Some(zone.name().rsplit('/').next()), "{city}");
        }
        for word in ["reunion", "west", "vincennes", "gmt", "eastern standard"] {
            assert_eq!(cities().get(word), None, "{word}");
        }
    }
}
