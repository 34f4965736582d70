//! Whether an address should be given up, by a server's status code and its words.
//!
//! Servers say one thing in their code and another in their words; the words count. Each
//! cause has its table: add how a server says it in another language, and no code changes.

use super::fold;
use super::report_text::{address_pattern, regex, set};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Only so much of what a server said is read.
const READ: usize = 4_000;

/// The mailbox has no room, or the mail is too big for it.
#[rustfmt::skip]
const FULL: &[&str] = &[
    r"(?:mail ?box|mail ?drop|quota|inbox|storage|mail ?dir|disk|account|mailbox size|space)\b.{0,30}\b(?:full|exceed\w*|over|limit\w*|quota)",
    r"over ?-?quota|over[- ]?exceeded|quota (?:has been |is )?exceeded|exceed\w* .{0,20}(?:quota|limit|size|storage)|exceeds? mailbox",
    r"too (?:big|large)|size (?:limit )?exceed|max(?:imum|\.)? (?:message |mail )?size|message size|size limit",
    r"insufficient (?:system |disk )?(?:storage|space|resources)|(?:not|no) enough (?:disk )?(?:space|storage)|out of (?:disk )?space|no space|space not enough|mailfull|mailboxfull|mbox_?full",
    r"boite (?:aux lettres |mail |de reception )?(?:est )?pleine|quota (?:est )?depasse|postfach .{0,20}voll|speicherplatz|(?:buzon|casilla) .{0,20}llen[oa]|cuota|caixa .{0,20}cheia|casella .{0,20}piena|mailbox is vol|skrzynka .{0,30}(?:pelna|przepelniona)|ящик .{0,30}(?:переполнен|полон)|邮箱(?:已|空间)?满|邮箱空间不足|信箱已滿|容量不足|容量が|容量オーバー|いっぱい|용량.{0,8}초과",
];

/// This mail is refused, or its sender: another letter may well arrive.
#[rustfmt::skip]
const REFUSED: &[&str] = &[
    r"spam|virus|junk|black ?list|block(?:ed|list)|\brbl\b|reputation|\bspf\b|dkim|dmarc|reverse (?:dns|lookup)|ptr record|policy|polic(?:y|ies)|content|malware|phish|unsolicited|bulk mail|filtering|content filter|banned",
    r"relay(?:ing)? (?:access )?(?:denied|not permitted|not allowed|prohibited|disallowed|refused)|we do not relay|not a relay|as a relay|relay for|rcpthosts",
    r"sender (?:e-?mail |mail )?(?:address )?(?:rejected|verify|verification|denied|domain|not|is|unknown|refused|must)|domain of sender|not (?:authori[sz]ed|allowed|permitted|accepting)|access denied|permission|sender policy|return address|envelope sender|(?:your|sending|client) (?:ip|host|server)|unverified sender|mail from\b.{0,60}\b(?:reject|refus|denied|not exist|invalid)",
    // The server had not yet heard whom the mail was for, or had accepted everybody.
    r"(?:after|reply to|response to)(?: \(?the)? ?(?:mail from|ehlo|helo|starttls|initial connection|auth)",
    r"autoris|autorizz|autoriza|berechtig|permiso|permissao|permesso|toestemming|gemachtigd|behorighet|tilladelse|tillatelse|uprawnien|opravnen|разрешени|дозвол|полномочи|δικαιωμα|izniniz|yetki|مصرح|اذن|הרשאה|רשאי|権限|許可|权限|權限|권한",
    r"too many (?:hops|recipients|connections|messages|errors)|mail loop|looping|rate limit|too fast|throttl",
    r"authenticat(?:ion|ed|e)\b|requires (?:authentication|confirmation|tls)|must issue a starttls|encryption required|not pre-?approved|whitelist",
];

/// The world is out of order; tomorrow it may not be.
#[rustfmt::skip]
const PASSING: &[&str] = &[
    r"timed? ?-?out|connection (?:refused|lost|reset|closed|dropped)|(?:try|trying) again|not found, try again|temporar|retry time|\bloop\b|gr[ea]ylist|expired|deferred|could not connect|network (?:is )?unreachable|no route to host|lost connection|conversation .{0,40}timed|server (?:is )?busy|out of memory",
    r"delai (?:d'attente )?depasse|zeituberschreitung|tiempo de espera|tempo limite|временно|一時的|暂时|일시적",
];

/// There is nobody of that name, or no longer.
#[rustfmt::skip]
const NOBODY: &[&str] = &[
    r"(?:user|recipient|mail ?box|mail box|address|account|addressee|alias|customer|local part|person|name)s?\b.{0,60}\b(?:unknown|not (?:found|exist|known|listed|valid|active|available|recogni[sz]ed|a valid|registered|a known)|does ?n[o']t exist|doesn.t have|disabled|unavailable|inactive|suspended|deactivated|discontinued|no longer|invalid|unrouteable|closed|removed|deleted|terminated|cancell?ed|expired|isn't)",
    r"(?:unknown|invalid|no such|non-?existent|undefined|bad|incorrect|unrouteable|not a valid|not a known|nonexistent|unrecogni[sz]ed|disabled|inactive|deactivated)[ _](?:or \w+ )?(?:local |virtual |email |e-mail |destination |final delivery )?(?:user|recipient|mailbox|address|account|alias|person|local-?part|name)",
    r"no mail ?box|no such|not our customer|has moved|has been moved|user (?:has )?moved|no account|this account .{0,30}not|there is no .{0,20}(?:user|one)|not listed in|not exist|does ?n[o']t have an? .{0,30}account|no matches to nameserver|no (?:email |mail )?account|not a known user|he/her is not|unable to (?:find|verify) (?:user|recipient)|(?:left|leaves) (?:the |our )?(?:company|university|institution|organi[sz]ation)|no longer (?:with|works|employed|here|in use|valid|active|available)|user doesn|invalid final delivery|not in (?:our|the) (?:directory|database|system)|unknown user|unknown recipient|no valid recipients",
    r"wasn['’]t found at|could(?:n['’]t| not) be found|(?:does|do) not exist",
    r"n'a pas ete trouvee?|n'existe (?:pas|plus)|(?:utilisateur|destinataire|adresse|compte) .{0,30}(?:inconnue?|invalide|inexistante?|desactivee?|introuvable)|est inconnue?",
    r"wurde nicht gefunden|existiert nicht|(?:empfanger|benutzer|adresse|postfach|konto) .{0,40}(?:unbekannt|ungultig|nicht (?:bekannt|vorhanden|verfugbar)|deaktiviert|gesperrt|existiert)|unbekannter? (?:empfanger|benutzer)|kein (?:solcher )?(?:benutzer|postfach)",
    r"no se (?:ha )?encontr|no existe|(?:usuario|destinatario|cuenta|direccion) .{0,30}(?:desconocid|inexistente|no valid|invalid|deshabilitad|inhabilitad)|nao (?:foi )?encontrad|nao existe|(?:usuario|destinatario|conta|endereco) .{0,30}(?:desconhecid|inexistente|invalid|desativad|bloquead)",
    r"non e stato trovato|non esiste|inesistente|(?:utente|destinatario|indirizzo|casella|account) .{0,30}(?:sconosciut|inesistente|non valid|disabilitat|disattivat|non trovat)|onbekende (?:gebruiker|ontvanger)|bestaat niet|niet gevonden|finns inte|okand|findes ikke|finnes ikke|ukjent|ukendt|ei ole olemassa|tuntematon",
    r"nie istnieje|nieznany|nie ma takiego|neexistuje|neznamy|nem letezik|ismeretlen|nu exista|не существует|не найден|неизвестн|нет такого|неизвестный|не існує|δεν υπαρχει|mevcut degil|bulunamadi|غير موجود|غير معروف|לא קיים|לא נמצא",
    r"見つかりません|存在しません|存在しない|宛先不明|該当する(?:ユーザ|アドレス)|不存在|没有此用户|查无此人|無此用戶|用户名错误|不存在的|존재하지|없는 (?:계정|사용자|수신자)|알 수 없는",
];

/// There is no such place.
#[rustfmt::skip]
const NOWHERE: &[&str] = &[
    r"host (?:or domain name )?(?:\S+ )?(?:unknown|not found)|unknown (?:host|domain)|no such (?:host|domain)|domain (?:name )?(?:not found|does not exist|unknown|is not reachable|\S+ (?:does not exist|not found))|could ?n[o']t find any host|nxdomain|name or service not known|bad destination (?:host|system)|illegal host|malformed or unexpected name server|invalid (?:domain|hostname)|non-?existent domain|domaine? .{0,40}(?:n'existe pas|inconnu|introuvable)|domain .{0,40}existiert nicht",
    r"unrouteable (?:mail )?domain|all relevant mx records|name service error|null ?mx|does not accept (?:e-?)?mail|unable to lookup|no mx|no mail exchanger|couldn't find a mail exchanger|no smtp service",
];

/// Words of a server that refuses everything in the same manner: its code decides.
#[rustfmt::skip]
const MUTE: &[&str] = &[
    // Exchange Online says so of unknown users, to give spammers no list of the known ones.
    r"5\.4\.1 .{0,120}recipient address rejected: access denied",
    r"recipient address rejected\.?$",
];

/// "Please check the domain and try again": said to us, not of the world.
static ADVICE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:check|verify|correct|review)\b[^.;]{0,60}\b(?:try|send(?:ing)?|resend(?:ing)?)\b[^.;]{0,20}\bagain",
    )
});

/// The name of a server that speaks, or of which is spoken: with its address, after its kind, or
/// before what it did.
static SPEAKER: LazyLock<Regex> = LazyLock::new(|| {
    const NAME: &str = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+";
    regex(&format!(
        r"(?i)(?<before>\b(?:host|server|mta|gateway)[:;]?(?: dns;)?) {NAME}(?: ?[\[(][0-9a-f.:]+[\])])?|\b{NAME} ?[\[(]\d+(?:\.\d+){{3}}[\])]|\b{NAME}(?P<said> (?:said|replied|responded|answered|returned|reported))\b"
    ))
});

fn says(table: &'static LazyLock<RegexSet>, said: &str) -> bool {
    table.is_match(said)
}

static IS_FULL: LazyLock<RegexSet> = LazyLock::new(|| set(FULL));
static IS_REFUSED: LazyLock<RegexSet> = LazyLock::new(|| set(REFUSED));
static IS_PASSING: LazyLock<RegexSet> = LazyLock::new(|| set(PASSING));
static IS_NOBODY: LazyLock<RegexSet> = LazyLock::new(|| set(NOBODY));
static IS_NOWHERE: LazyLock<RegexSet> = LazyLock::new(|| set(NOWHERE));
static IS_MUTE: LazyLock<RegexSet> = LazyLock::new(|| set(MUTE));

/// Some servers refuse with nothing but a link to the list that names us.
fn links_to_a_blocklist(links: &[&str]) -> bool {
    let lists = ["spam", "rbl", "dnsbl", "blacklist", "blocklist", "/bl?", "senderscore", "barracudacentral"];
    links
        .iter()
        .any(|link| link.contains("://") && lists.iter().any(|list| link.to_lowercase().contains(list)))
}

/// What a server's words say, whatever its status code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    full: bool,
    alive: bool,
    dead: bool,
    mute: bool,
}

impl Words {
    pub(super) fn of(said: &str) -> Self {
        let said: String = said.chars().take(READ).collect();
        // What stands in a link or an address is not said.
        let (links, words): (Vec<&str>, Vec<&str>) =
            said.split_whitespace().partition(|word| word.contains("://"));
        // What stands in an address, as in `filtered@campus.example`, is not said either, nor is
        // the name of the server that speaks: `mx1.antispam.example`.
        let words = words.join(" ");
        let said = address_pattern().replace_all(&words, " ");
        let said = fold::letters(&SPEAKER.replace_all(&said, "$before it$said"));
        let said = ADVICE.replace_all(&said, " ");
        let full = says(&IS_FULL, &said);
        let alive =
            full || says(&IS_REFUSED, &said) || says(&IS_PASSING, &said) || links_to_a_blocklist(&links);
        let mute = says(&IS_MUTE, &said);
        Self { full, alive, dead: says(&IS_NOBODY, &said) || says(&IS_NOWHERE, &said) || mute, mute }
    }

    /// Whether they give a reason why a mail did not arrive, or not yet.
    pub(super) fn complain(self) -> bool {
        self.alive || self.dead
    }

    /// Whether the address is dead: it does not exist, or no longer. A full mailbox, a
    /// refusal of this mail or of us, a time-out: all say nothing of the address.
    pub(super) fn are_of_the_dead(self, status: Option<&str>) -> bool {
        match status.unwrap_or("5") {
            // RFC 3463 §2: only class 5 is permanent.
            s if !s.starts_with('5') => false,
            // RFC 3463 §3.2 and RFC 7505: mailbox, system, syntax, moved, null MX.
            "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" => !self.full && (self.dead || !self.alive),
            // The sender's address is at fault, or the mailbox is full, or the mail too big.
            "5.1.7" | "5.1.8" | "5.2.2" | "5.2.3" | "5.3.4" => false,
            _ => self.mute || (self.dead && !self.alive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_dead(status: Option<&str>, said: &str) -> bool {
        Words::of(said).are_of_the_dead(status)
    }

    #[test]
    fn the_name_of_the_server_that_speaks_is_not_said() {
        for said in [
            "550 host mx1.antispamcloud.example[192.0.2.1] said: 550 No such user here",
            "host mx1.antispamcloud.example said: 550 No such user here",
            "mx1.policy-blocklist.example[192.0.2.1] said: 550 No such user here",
            "mx1.virusfilter.example (192.0.2.1): 550 No such user here",
            "antispam.example replied: 550 No such user here",
            "Generating server: antispam.example 550 No such user here",
            "Remote-MTA: dns; antispam.example 550 No such user here",
            "Host antispam.example not found",
        ] {
            assert!(is_dead(Some("5.0.0"), said), "{said}");
        }
        for said in [
            "550 unknown user: listed at zen.spamhaus.example",
            "550 No such user.Spam is not welcome",
            "550 user unknown, client host mx.net.example[192.0.2.1] blocked",
        ] {
            assert!(!is_dead(Some("5.0.0"), said), "{said}");
        }
    }

    #[test]
    fn an_address_is_given_up_only_when_nobody_is_there() {
        for (status, said) in [
            ("5.1.1", "550 5.1.1 user unknown"),
            ("5.1.1", ""),
            ("5.0.0", "550 <amina@campus.example>: mailbox not found"),
            ("5.4.4", "Host or domain name not found"),
            ("5.1.10", "RecipientNotFound; Recipient not found by SMTP address lookup"),
            ("5", "an MX or SRV record indicated no SMTP service"),
            ("5.0.0", "550 ** No mail box available for this user **"),
            ("5.0.0", "550 BAD_RECIPIENT"),
            ("5.0.0", "550 <amina@campus.example>...User unknown"),
            ("5.2.1", "550 User unknown. See https://mx.campus.example/reasons#filtered"),
            ("5.4.4", "[campus.example]: Name or service not known"),
            ("5.0.0", "550 Utilisateur inconnu"),
            ("5.0.0", "550 Empfänger unbekannt"),
            ("5.0.0", "550 존재하지 않는 사용자입니다"),
            ("5.0.0", "550 該当するアドレスはありません"),
            ("5.0.0", "550 此用户不存在"),
            ("5.5.0", "554 the domain is not reachable. Please check the domain and try again"),
        ] {
            assert!(is_dead(Some(status), said), "{status} {said}");
        }
        for (status, said) in [
            ("4.1.1", "user unknown"),
            ("5.2.2", "mailbox full"),
            ("5.1.1", "552 mailbox is over quota"),
            ("5.7.1", "message rejected as spam"),
            ("5.1.8", "domain of sender address does not exist"),
            ("5.3.4", "message too big"),
            ("5", "connection timed out"),
            ("5.1.1", "550 RCPT TO:<amina@campus.example> max message size exceeded"),
            ("5.1.0", "SMTP error after MAIL FROM:<contact@net.example>: 553 net.example does not exist"),
            ("5.7.1", "553 sorry, that domain isn't in my list of allowed rcpthosts"),
            ("5.0.0", "552 La boîte aux lettres est pleine"),
            ("5.0.0", "552 사용자의 메일함 용량이 초과되었습니다"),
            ("5", "the group may not exist, or you may not have permission to post"),
            ("5.7.26", "This mail is unauthenticated: DMARC policy of the sender"),
        ] {
            assert!(!is_dead(Some(status), said), "{status} {said}");
        }
    }
}
