//! A request in French, from mail programs in French, in a network that speaks English first.

use super::network::{Network, Told};
use super::{AMINA, AMINA_EN_FRANCAIS, KARIM, KARIM_EN_FRANCAIS, LEILA, LEILA_EN_FRANCAIS, STAFF};

/// Tells it all. The error is the first expectation that failed.
pub fn tell(network: &mut Network) -> Told {
    sign_ups(network)?;
    request(network)?;
    the_next_one(network)?;
    meeting(network)
}

fn sign_ups(network: &mut Network) -> Told {
    let form = "Bonjour,\n\nNom : Amina Haddad\nÉtablissement : Bibliothèque du Campus\n\
                Domaines : rapports Koha ; métadonnées en arabe\nDemandes à la fois : 2\n\nBien cordialement,\nAmina";
    network.writes(AMINA_EN_FRANCAIS, "Inscription comme conseillère", form)?;
    let says = [
        "Établissement : Bibliothèque du Campus",
        "rapports Koha ; métadonnées en arabe",
        "Demandes à la fois : 2",
    ];
    network.gets(AMINA, "Bienvenue sur la liste, Amina Haddad", &says)?;
    network.set_time("2026-11-02 10:30")?;
    let form = "Nom : Karim Nasr\nÉtablissement : AUC\nDomaines : circulation et rapports Koha";
    network.writes(KARIM_EN_FRANCAIS, "Inscription comme conseiller", form)?;
    network.gets(KARIM, "Bienvenue sur la liste, Karim Nasr", &[]).map(drop)
}

fn request(network: &mut Network) -> Told {
    network.set_time("2026-11-02 14:00")?;
    let form = "Conseillère : Amina Haddad\nQuestion : Nos rapports Koha comptent deux fois les prolongations.\n\
                Moments préférés : le mardi";
    network.writes(LEILA_EN_FRANCAIS, "Demande de rencontre", form)?;
    network.gets(LEILA, "Votre demande est transmise à Amina Haddad", &["Moments préférés : le mardi"])?;
    let says = ["Nos rapports Koha comptent deux fois les prolongations.", "J'ACCEPTE", "JE DÉCLINE"];
    let asked = network.gets(AMINA, "Leila Mansour vous demande conseil", &says)?;
    network.set_time("2026-11-02 16:00")?;
    network.replies(AMINA_EN_FRANCAIS, &asked, "Désolée, je ne peux pas : je déménage.")?;
    network.gets(AMINA, "Merci : Leila Mansour est au courant", &[]).map(drop)
}

fn the_next_one(network: &mut Network) -> Told {
    let choice = network.gets(LEILA, "Amina Haddad ne peut pas", &["je déménage", "1. Karim Nasr, AUC"])?;
    network.set_time("2026-11-03 09:00")?;
    network.replies(LEILA_EN_FRANCAIS, &choice, "Le n° 1, s'il vous plaît.\n\nMerci !")?;
    network.gets(LEILA, "maintenant transmise à Karim Nasr", &[])?;
    let asked = network.gets(KARIM, "Leila Mansour vous demande conseil", &[])?;
    network.set_time("2026-11-03 11:00")?;
    network.replies(
        KARIM_EN_FRANCAIS,
        &asked,
        "J\u{2019}accepte avec plaisir\u{a0}!\n\nMardi 10 novembre à 15 h ?\n\nKarim",
    )?;
    network.gets(KARIM, "faites connaissance", &["a proposé des moments", LEILA.address, KARIM.address])?;
    network.gets(LEILA, "faites connaissance", &["a proposé des moments", LEILA.address, KARIM.address])?;
    network.gets(KARIM, "Vos propositions sont chez Leila Mansour", &["15:00–15:30 Paris"])?;
    let times = network.gets(LEILA, "Karim Nasr propose un moment", &["mardi 10 novembre 2026"])?;
    network.replies(LEILA_EN_FRANCAIS, &times, "Le n° 1. Merci !")?;
    network.gets(LEILA, "Votre rencontre avec Karim Nasr", &["DÉPLACER", "ANNULER"])?;
    network.gets(KARIM, "Votre rencontre avec Leila Mansour", &["invitation pour votre agenda"]).map(drop)
}

fn meeting(network: &mut Network) -> Told {
    network.at("2026-11-09 08:00")?;
    network.gets(STAFF, "digest", &["Accepted 1 0", "New advisors 2 0"])?;
    network.at("2026-11-10 16:45")?;
    network.gets(KARIM, "Votre rencontre avec Leila Mansour", &["EU LIEU"])?;
    let question =
        network.gets(LEILA, "Votre rencontre avec Karim Nasr a-t-elle eu lieu ?", &["PAS ENCORE"])?;
    network.set_time("2026-11-10 17:00")?;
    network.replies(LEILA_EN_FRANCAIS, &question, "Eu lieu, 1 h 30.\nCela m'a beaucoup aidée.")?;
    network.gets(LEILA, "Merci : votre rencontre avec Karim Nasr est notée", &["90 minutes"])?;
    network.nothing_else()
}
