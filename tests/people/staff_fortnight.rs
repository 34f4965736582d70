//! Two weeks of the staff, who answer from their own address and from the mailbox they share.

use super::network::{Network, Told};
use super::{AMINA, EVE, KARIM, LEILA, MAILBOX, STAFF};

/// Tells it all. The error is the first expectation that failed.
pub fn tell(network: &mut Network) -> Told {
    an_applicant_from_outside(network)?;
    a_request_without_an_advisor(network)?;
    the_digest(network)?;
    an_advisor_has_left(network)
}

fn an_applicant_from_outside(network: &mut Network) -> Told {
    network.writes(
        EVE,
        "Advisor sign-up",
        "Name: Eve Aoun\nInstitution: City Archive\nAreas: Koha reports",
    )?;
    network.gets(EVE, "Your sign-up is with our staff", &["Koha reports"])?;
    let held = network.gets(STAFF, "Eve Aoun would like to advise", &["City Archive", "APPROVE"])?;
    network.set_time("2026-11-02 11:00")?;
    network.replies(MAILBOX, &held, "approve\n\nBest,\nRana")?;
    network.gets(EVE, "Welcome", &["Koha reports"])?;
    network.gets(STAFF, "Eve Aoun is approved", &["UNDO"])?;
    network.set_time("2026-11-03 10:00")?;
    network.replies(STAFF, &held, "REFUSE")?;
    network.gets(STAFF, "Eve Aoun is decided already", &["approved this on Monday"]).map(drop)
}

fn a_request_without_an_advisor(network: &mut Network) -> Told {
    network.set_time("2026-11-03 11:00")?;
    network.writes(LEILA, "Request meeting", "Advisor: Eve Aoun\nIssue: How do you count renewals?")?;
    network.gets(LEILA, "Your request is with Eve Aoun", &[])?;
    let asked = network.gets(EVE, "Leila Mansour asks for your advice", &[])?;
    network.replies(EVE, &asked, "Decline, sorry, too much to do.")?;
    network.gets(EVE, "knows", &[])?;
    network.gets(LEILA, "The staff are looking for an advisor", &["too much to do"])?;
    network.set_time("2026-11-03 15:00")?;
    for (person, institution) in [(AMINA, "Campus"), (KARIM, "AUC")] {
        let form = format!("Name: {}\nInstitution: {institution}\nAreas: metadata", person.name);
        network.writes(person, "Advisor sign-up", &form)?;
        network.gets(person, "Welcome", &[])?;
    }
    network.at("2026-11-05 09:00")?;
    let morning =
        network.gets(STAFF, "1 needs you (oldest 1 day)", &["How do you count renewals?", "ASSIGN"])?;
    network.set_time("2026-11-05 09:30")?;
    network.replies(MAILBOX, &morning, "Assign to Amina Haddad please")?;
    network.gets(LEILA, "Your request is with Amina Haddad now", &[])?;
    network.gets(AMINA, "Leila Mansour asks for your advice", &["How do you count renewals?"])?;
    let done = network.gets(STAFF, "Leila Mansour has an advisor", &["UNDO"])?;
    network.set_time("2026-11-05 09:40")?;
    network.replies(STAFF, &done, "UNDO")?;
    network.gets(AMINA, "Nothing more to do", &[])?;
    network.gets(LEILA, "The staff are looking for an advisor for you again", &[])?;
    network.gets(STAFF, "as before", &[])?;
    network.replies(STAFF, &morning, "ASSIGN Karim Nasr")?;
    network.gets(LEILA, "Your request is with Karim Nasr now", &[])?;
    network.gets(STAFF, "Leila Mansour has an advisor", &[])?;
    let asked = network.gets(KARIM, "Leila Mansour asks for your advice", &[])?;
    network.replies(KARIM, &asked, "ACCEPT")?;
    network.gets(KARIM, "please meet", &[])?;
    network.gets(LEILA, "please meet", &[]).map(drop)
}

fn the_digest(network: &mut Network) -> Told {
    network.at("2026-11-09 08:00")?;
    let digest =
        network.gets(STAFF, "Weekly digest: nothing needs you", &["Accepted 1 0", "New advisors 3 0"])?;
    let picture = String::from_utf8_lossy(&digest.bytes).contains("Content-Type: image/png");
    if !picture {
        return Err("the digest has no chart".to_owned());
    }
    network.set_time("2026-11-09 10:00")?;
    network.replies(MAILBOX, &digest, "FIGURES")?;
    network.gets(STAFF, "The figures", &["Accepted"])?;
    network.replies(STAFF, &digest, "APPROVE")?;
    network.gets(STAFF, "Which one?", &["Nothing else needs you"]).map(drop)
}

fn an_advisor_has_left(network: &mut Network) -> Told {
    network.set_time("2026-11-10 10:00")?;
    network.writes(LEILA, "Request meeting", "Advisor: Amina Haddad\nIssue: Metadata in Arabic")?;
    network.gets(LEILA, "Your request is with Amina Haddad", &[])?;
    network.gets(AMINA, "asks for your advice", &[])?;
    network.set_time("2026-11-10 11:00")?;
    network.writes(STAFF, "REMOVE Amina Haddad", "")?;
    let question = network.gets(STAFF, "Did you write this?", &["YES"])?;
    network.replies(STAFF, &question, "YES")?;
    network.gets(STAFF, "Amina Haddad is off the roster", &["UNDO"])?;
    network.gets(AMINA, "You are off the roster", &["The staff"])?;
    network.gets(LEILA, "Amina Haddad", &["Reply with a number", "Eve Aoun"])?;
    network.nothing_else()
}
