//! Who takes part: advisors on a roster, and many more who ask.

use std::fmt::Write;

/// Enough that no advisor is full before a hundred thousand mails are handled.
pub const ADVISORS: usize = 300;
/// What each of them takes on at a time.
const AT_A_TIME: usize = 400;
/// From so many institutions, each a subdomain of a member.
const INSTITUTIONS: usize = 40;

const FIRST: [&str; 30] = [
    "Amina", "Karim", "Leila", "Omar", "Nour", "Tomas", "Inès", "Chen", "Ravi", "Salma", "Youssef", "Marta",
    "Hugo", "Dalia", "Pavel", "Rosa", "Émile", "Farah", "Jonas", "Lina", "Bilal", "Olga", "Samir", "Greta",
    "Idris", "Carla", "Anton", "Zeina", "Félix", "Mona",
];
const LAST: [&str; 40] = [
    "Haddad", "Nasr", "Mansour", "Weber", "Silva", "Novak", "Okafor", "Lindgren", "Moreau", "Tanaka",
    "Khoury", "Ferrari", "Larsen", "Popescu", "Aziz", "Brandt", "Costa", "Dvořák", "Eriksen", "Fontaine",
    "Gallo", "Hassan", "Ivanov", "Janssen", "Kowalski", "López", "Meyer", "Nakamura", "Oliveira", "Petrov",
    "Quintero", "Rossi", "Sato", "Tamimi", "Urban", "Vidal", "Wolff", "Xu", "Yilmaz", "Zaki",
];
const AREAS: [&str; 20] = [
    "Koha reports",
    "Metadata and cataloguing",
    "Open access",
    "Information literacy",
    "Digitisation",
    "Arabic manuscripts",
    "Institutional repositories",
    "Electronic resources",
    "Leadership",
    "Budgets",
    "Library buildings",
    "Research data management",
    "Copyright",
    "Systematic reviews",
    "Archives",
    "Instruction design",
    "Bibliometrics",
    "User studies",
    "Interlibrary loan",
    "Preservation",
];

/// The name of advisor `n`; no two have the same.
pub fn advisor(n: usize) -> String {
    format!("{} {}", FIRST[n % FIRST.len()], LAST[n / FIRST.len() % LAST.len()])
}

pub fn advisor_address(n: usize) -> String {
    format!("advisor{n}@lib{}.campus.example", n % INSTITUTIONS)
}

/// The name of somebody who writes; there are more people than names.
pub fn advisee(n: usize) -> String {
    format!("{} {}", FIRST[n * 7 % FIRST.len()], LAST[n * 11 % LAST.len()])
}

pub fn advisee_address(n: usize) -> String {
    format!("person{n}@lib{}.auc.example", n % INSTITUTIONS)
}

/// The roster as `import roster` takes it.
pub fn roster() -> String {
    let mut table = "Name,Email,Institution,Areas,Time zone,Requests at a time\n".to_owned();
    for n in 0..ADVISORS {
        let areas = [AREAS[n % AREAS.len()], AREAS[n * 7 % AREAS.len()], AREAS[(n * 3 + 5) % AREAS.len()]];
        let (name, address) = (advisor(n), advisor_address(n));
        writeln!(
            table,
            "{name},{address},Library {},{},Europe/Paris,{AT_A_TIME}",
            n % INSTITUTIONS,
            areas.join("; ")
        )
        .expect("a string takes every text");
    }
    table
}
