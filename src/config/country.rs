//! On which days a country does not work.

use chrono::Weekday;

/// Countries whose weekend is not Saturday and Sunday, by ISO 3166-1 code.
///
/// Source: Unicode CLDR 45, common/supplemental/supplementalData.xml, `weekData`
/// (`weekendStart`, `weekendEnd`); of Bangladesh, Brunei, the Maldives, Nepal and Palestine,
/// which it leaves to its default, the governments' own calendars. An institution that does
/// it otherwise has a `weekend` of its own.
#[rustfmt::skip]
const WEEKENDS: &[(&[&str], &[Weekday])] = &[
    (&["BD", "BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "MV", "OM", "PS", "QA", "SA", "SD", "SY", "YE"],
        &[Weekday::Fri, Weekday::Sat]),
    (&["AF"], &[Weekday::Thu, Weekday::Fri]),
    (&["IR"], &[Weekday::Fri]),
    (&["BN"], &[Weekday::Fri, Weekday::Sun]),
    (&["NP"], &[Weekday::Sat]),
    (&["IN", "UG"], &[Weekday::Sun]),
];

/// The weekend of a country by its ISO 3166-1 code of two letters.
pub(super) fn weekend(code: &str) -> Result<Vec<Weekday>, String> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() != 2 || !code.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(format!("\"{code}\" is no country code; write two letters of ISO 3166-1, as EG"));
    }
    let other = WEEKENDS.iter().find(|(codes, _)| codes.contains(&code.as_str()));
    Ok(other.map_or_else(|| vec![Weekday::Sat, Weekday::Sun], |(_, days)| days.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_its_own_weekend() {
        assert_eq!(weekend("eg"), Ok(vec![Weekday::Fri, Weekday::Sat]));
        assert_eq!(weekend("FR"), Ok(vec![Weekday::Sat, Weekday::Sun]));
        assert!(weekend("Egypt").is_err_and(|why| why.contains("as EG")));
    }
}
