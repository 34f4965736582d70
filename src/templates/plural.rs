//! Which wording a number takes: the plural categories of a language, as Unicode's CLDR writes
//! their rules (UTS #35 part 3, §5.1.1), for whole numbers.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// The categories in the order in which their rules are tried; what fits none is `other`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plurals {
    zero: Option<Rule>,
    one: Option<Rule>,
    two: Option<Rule>,
    few: Option<Rule>,
    many: Option<Rule>,
}

impl Plurals {
    /// The category's name.
    pub fn category(&self, n: u64) -> &'static str {
        let rules = [
            ("zero", &self.zero),
            ("one", &self.one),
            ("two", &self.two),
            ("few", &self.few),
            ("many", &self.many),
        ];
        let holds = |rule: &Option<Rule>| rule.as_ref().is_some_and(|rule| rule.holds(n));
        rules.into_iter().find(|(_, rule)| holds(rule)).map_or("other", |(name, _)| name)
    }
}

/// English, and every language that says no more of itself.
pub fn one_and_other() -> Plurals {
    Plurals { one: Rule::parse("n = 1").ok(), ..Plurals::default() }
}

/// `n = 1 or n % 100 = 2..4`: one of these, each of relations that all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule(Vec<Vec<Relation>>);

/// `n % 100 = 3..10, 20`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Relation {
    modulo: Option<u64>,
    equal: bool,
    ranges: Vec<(u64, u64)>,
}

impl Rule {
    fn parse(text: &str) -> Result<Self, String> {
        let all = |part: &str| part.split(" and ").map(Relation::parse).collect();
        text.split(" or ").map(all).collect::<Result<_, _>>().map(Self)
    }

    fn holds(&self, n: u64) -> bool {
        self.0.iter().any(|all| all.iter().all(|relation| relation.holds(n)))
    }
}

impl Relation {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no plural rule; write n % 100 = 3..10 as CLDR does");
        let (left, right) = text.split_once('=').ok_or_else(wrong)?;
        let (left, equal) = left.trim().strip_suffix('!').map_or((left, true), |left| (left, false));
        let left = left.trim().strip_prefix(['n', 'i']).ok_or_else(wrong)?.trim();
        let modulo = match left.strip_prefix('%') {
            Some(of) => Some(of.trim().parse().ok().filter(|of| *of > 0).ok_or_else(wrong)?),
            None if left.is_empty() => None,
            None => return Err(wrong()),
        };
        let ranges: Option<Vec<_>> = right.split(',').map(range).collect();
        Ok(Self { modulo, equal, ranges: ranges.ok_or_else(wrong)? })
    }

    fn holds(&self, n: u64) -> bool {
        let n = self.modulo.map_or(n, |modulo| n % modulo);
        self.ranges.iter().any(|(first, last)| (first..=last).contains(&&n)) == self.equal
    }
}

fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.trim().split_once("..").unwrap_or((text.trim(), text.trim()));
    Some((first.parse().ok()?, last.parse().ok()?))
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Rule::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plurals(text: &str) -> Plurals {
        toml::from_str(text).expect("rules")
    }

    #[test]
    fn arabic_has_six_categories() {
        #[derive(Deserialize)]
        struct File {
            plurals: Plurals,
        }
        let file: File = toml::from_str(include_str!("../../templates/ar/language.toml")).expect("Arabic");
        for (category, numbers) in [
            ("zero", [0].as_slice()),
            ("one", &[1]),
            ("two", &[2]),
            ("few", &[3, 7, 10, 103, 110, 2003]),
            ("many", &[11, 26, 99, 111, 199]),
            ("other", &[100, 101, 102, 200, 302, 1000]),
        ] {
            for n in numbers {
                assert_eq!(file.plurals.category(*n), category, "{n}");
            }
        }
    }

    #[test]
    fn a_language_that_says_nothing_of_itself_counts_as_english_does() {
        assert_eq!([0, 1, 2, 21].map(|n| one_and_other().category(n)), ["other", "one", "other", "other"]);
    }

    #[test]
    fn rules_are_read_as_cldr_writes_them() {
        let russian = plurals(
            "one = \"n % 10 = 1 and n % 100 != 11\"\nfew = \"n % 10 = 2..4 and n % 100 != 12..14\"\n\
             many = \"n % 10 = 0 or n % 10 = 5..9 or n % 100 = 11..14\"\n",
        );
        let said = [1, 2, 5, 11, 12, 21, 22, 25, 111].map(|n| russian.category(n));
        assert_eq!(said, ["one", "few", "many", "many", "many", "one", "few", "many", "many"]);
        for wrong in
            ["one = \"n\"", "one = \"x = 1\"", "one = \"n % 0 = 1\"", "one = \"n = a\"", "single = \"n = 1\""]
        {
            assert!(toml::from_str::<Plurals>(wrong).is_err(), "{wrong}");
        }
    }
}
