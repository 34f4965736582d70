//! Three weeks of one request, from two sign-ups to the digest that counts the meeting.

use super::network::{Network, Told};
use super::{AMINA, KARIM, LEILA, STAFF};
use crate::servers::CONTACT;

/// A mail that is not for the program, and stays as it is.
const NEWSLETTER: &[u8] = b"From: Shelf & Stack <news@publisher.example>\r\nTo: contact@network.example\r\n\
Subject: Ten new titles for your library\r\nMessage-ID: <news.47@publisher.example>\r\n\
List-Id: <news.publisher.example>\r\nPrecedence: bulk\r\nDate: Thu, 05 Nov 2026 07:00:00 +0100\r\n\r\n\
This month's titles ...\r\n";

/// Tells it all. The error is the first expectation that failed.
pub fn tell(network: &mut Network) -> Told {
    sign_ups(network)?;
    request(network)?;
    silence(network)?;
    the_next_one(network)?;
    meeting(network)?;
    digest(network)
}

fn sign_ups(network: &mut Network) -> Told {
    network.remark("The daemon starts on an empty mailbox. Two colleagues offer their advice.");
    network.at("2026-11-02 09:00")?;
    let form = "Name: Amina Haddad\nInstitution: Campus University Library\n\
                Areas: Koha reports; metadata in Arabic\nLanguages: English, Arabic";
    network.writes(AMINA, "Advisor sign-up", form)?;
    network.gets(AMINA, "Welcome", &["Koha reports", "Campus University Library"])?;
    network.set_time("2026-11-02 10:30")?;
    let form = "Name: Karim Nasr\nInstitution: AUC Library\nAreas: Koha circulation and reports; open access";
    network.writes(KARIM, "Advisor sign-up", form)?;
    network.gets(KARIM, "Welcome", &["open access"]).map(drop)
}

fn request(network: &mut Network) -> Told {
    network.remark("A third has a question for one of them.");
    network.set_time("2026-11-02 14:00")?;
    let form = "Advisor: Amina Haddad\nIssue: Our Koha reports count renewals twice. How do others do it?\n\
                Preferred times: Tuesdays";
    network.writes(LEILA, "Request meeting", form)?;
    network.gets(LEILA, "Amina Haddad", &["renewals", "Preferred times: Tuesdays"])?;
    let asked = network.gets(AMINA, "Leila Mansour asks", &["Our Koha reports count renewals twice."])?;
    match asked.says(LEILA.address) {
        true => Err("Leila's address should not be shown before the advisor agrees".to_owned()),
        false => Ok(()),
    }
}

fn silence(network: &mut Network) -> Told {
    network.remark("Amina is away. A newsletter arrives too, which nobody here asked for.");
    network.servers.deliver(CONTACT, NEWSLETTER);
    network.at("2026-11-05 14:30")?;
    let reminder = network.gets(AMINA, "Leila Mansour", &["renewals twice", "ACCEPT"])?;
    network.is_out_of_office(AMINA, &reminder, "I am travelling and read no mail.")?;
    network.remark("The second reminder would fall on a Sunday: it waits for Monday.");
    network.at("2026-11-08 18:00")?;
    network.at("2026-11-09 08:00")?;
    network.gets(STAFF, "digest", &["Requests 1 0", "New advisors 2 0"])?;
    network.at("2026-11-09 09:00")?;
    network.gets(AMINA, "still hopes", &["last reminder"]).map(drop)
}

fn the_next_one(network: &mut Network) -> Told {
    network.remark("A working day later her time is over. One word, and the next advisor is asked.");
    network.at("2026-11-10 09:30")?;
    let choice = network.gets(LEILA, "Amina Haddad has not answered", &["1. Karim Nasr, AUC Library"])?;
    network.gets(AMINA, "has moved on", &[])?;
    network.set_time("2026-11-10 11:00")?;
    network.replies(LEILA, &choice, "1")?;
    network.gets(LEILA, "with Karim Nasr now", &[])?;
    let asked = network.gets(KARIM, "Leila Mansour asks", &["Our Koha reports count renewals twice."])?;
    network.set_time("2026-11-10 15:30")?;
    network.replies(KARIM, &asked, "ACCEPT. Happy to show you ours.\n\nKarim")?;
    let says = ["Happy to show you ours.", LEILA.address, KARIM.address];
    let to_advisor = network.gets(KARIM, "please meet", &says)?;
    let to_advisee = network.gets(LEILA, "please meet", &says)?;
    match to_advisor.message_id == to_advisee.message_id && to_advisor.composed() == to_advisee.composed() {
        true => Ok(()),
        false => Err("both should get the same introduction, byte for byte".to_owned()),
    }
}

fn meeting(network: &mut Network) -> Told {
    network.remark("They write to each other, and meet. Ten days later one line is asked of them.");
    network.at("2026-11-16 08:00")?;
    network.gets(STAFF, "digest", &["Accepted 1 0"])?;
    network.at("2026-11-20 15:45")?;
    network.gets(KARIM, "Have you and Leila Mansour met?", &["HELD"])?;
    let question = network.gets(LEILA, "Have you and Karim Nasr met?", &["HELD"])?;
    network.set_time("2026-11-20 17:00")?;
    network.replies(LEILA, &question, "HELD 45\nIt helped a lot.")?;
    network.gets(LEILA, "Thank you", &["45 minutes"]).map(drop)
}

fn digest(network: &mut Network) -> Told {
    network.remark("On Monday the staff read what the week was.");
    network.at("2026-11-23 08:00")?;
    network.gets(STAFF, "digest", &["Nothing needs you", "Meetings held 1 0", "Open requests now: 0"])?;
    network.nothing_else()
}
