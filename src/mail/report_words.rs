//! What mail systems say in a delivery report, language by language.
//!
//! Each table is compared in the spelling of `fold::letters`: lower
//! case, without accents. To teach a language, add its words; no other code changes.

use super::report_text::regex;
use super::word_table::WordTable;
use regex::Regex;
use std::sync::LazyLock;

/// Subjects of reports.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    // English
    "undeliver", "non-deliver", "non deliver", "nondeliver", "returned mail", "returned message",
    "returning message", "returning mail", "returned to sender", "return to sender", "returning to sender",
    "failure notice", "failure delivery", "delivery fail", "delivery has failed", "delivery report",
    "delivery status", "delivery notification", "delivery problem", "delivery error", "delivery warning",
    "delivery delay", "delivery temporarily", "delivery attempt", "delivered failed", "delivery unsuccessful",
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "not been delivered",
    "mail not delivered", "message not delivered", "not delivered to", "mail failed", "could not send message",
    "message status", "message delivery", "message delayed", "mail delivery", "mail system error", "mail error",
    "mail processing error", "processing error", "error sending your mail", "message you sent blocked",
    "user unknown", "unknown user", "loop alert", "automatically rejected mail", "rejected mail", "bounced mail",
    // French
    "non remis", "non-remis", "non delivre", "non distribue", "echec de la remise", "echec de remise",
    "echec de la distribution", "echec de livraison", "notification d'etat de remise", "remise retardee",
    "message retourne", "avis de non-remise", "rapport de non-remise", "courrier non distribue", "message rejete",
    // German
    "unzustellbar", "nicht zustellbar", "unzustellbarkeit", "nicht zugestellt", "zustellung fehlgeschlagen",
    "zustellfehler", "fehler bei der zustellung", "zustellung verzogert", "zustellungsstatus", "zustellbenachrichtigung",
    // Spanish, Portuguese, Italian
    "no se puede entregar", "no se pudo entregar", "no se ha podido entregar", "no entregado", "no entregable",
    "mensaje devuelto", "correo devuelto", "notificacion de estado de entrega", "error de entrega", "entrega retrasada",
    "nao foi possivel entregar", "nao entregue", "nao pode ser entregue", "falha na entrega", "falha de entrega",
    "notificacao de status de entrega", "notificacao do estado da entrega", "mensagem devolvida",
    "non recapitabile", "mancato recapito", "non recapitat", "mancata consegna", "impossibile recapitare",
    "messaggio non consegnato", "notifica dello stato del recapito", "errore di consegna", "avviso di mancata consegna",
    // Dutch and the north
    "onbestelbaar", "niet bezorgd", "niet afgeleverd", "bezorging mislukt", "aflevering mislukt", "niet te bezorgen",
    "gar inte att leverera", "kan inte levereras", "kunde inte levereras", "olevererbar", "leveransfel",
    "kan ikke leveres", "kunne ikke leveres", "ikke leveret", "uleveret", "kan ikke afleveres", "ikke levert",
    "ei voitu toimittaa", "toimitus epaonnistui", "toimittamaton",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "niedostarcz", "nie dostarczon", "nie mozna dostarczyc", "nie doreczon", "zwrot wiadomosci", "zwrot poczty",
    "nedorucitel", "nedoruceno", "nelze dorucit", "nemozno dorucit", "kezbesithetetlen", "sikertelen kezbesites",
    "nelivrabil", "nelivrat", "livrare esuata",
    // Russian, Ukrainian, Bulgarian, Greek, Turkish
    "недоставлен", "не доставлено", "не удалось доставить", "не удается доставить", "ошибка доставки",
    "уведомление о доставке", "невозможно доставить", "недоставлене", "не вдалося доставити", "недоставим",
    "αδυναμια παραδοσης", "δεν ηταν δυνατη η παραδοση", "δεν παραδοθηκε", "μη παραδοτεο",
    "teslim edilemedi", "teslim edilemeyen", "iletilemedi", "teslimat basarisiz",
    // Arabic, Hebrew
    "غير قابل للتسليم", "تعذر تسليم", "تعذر التسليم", "لم يتم تسليم", "فشل تسليم", "فشل التسليم",
    "לא ניתן למסירה", "לא נמסרה", "מסירה נכשלה", "לא ניתן היה למסור",
    // Japanese, Chinese, Korean
    "配信不能", "配信できません", "配信エラー", "配信失敗", "送信エラー", "送信できません", "不達", "送達できません", "エラーメール",
    "无法投递", "無法投遞", "无法传递", "無法傳遞", "未传递", "未傳遞", "投递失败", "退信", "系统退信", "无法送达", "無法送達", "传送失败",
    "배달되지 않", "배달 실패", "전송 실패", "전송실패", "반송", "배달할 수 없", "발송실패", "발송 실패",
];

/// Sentences of a report about the mail that did not arrive, or not yet.
#[rustfmt::skip]
const SAID: &[&str] = &[
    // English
    "not deliver your", "n't deliver your", "n't be deliver", "not be deliver", "not been deliver", "not been able to deliver",
    "not able to deliver", "n't able to deliver", "unable to deliver", "was not delivered", "not yet been delivered",
    "not delivered to", "could not deliver", "cannot deliver", "failed to deliver", "undeliver",
    "returned to the sender", "returned to sender", "has been returned", "is being returned", "was returned",
    "did not reach", "was undeliverable", "gave up", "mailbox is full", "mailbox full", "mailbox exceeds", "over quota",
    "quota exceeded", "full mailbox", "user unknown", "unknown user", "recipient unknown", "unknown recipient",
    "no such user", "no such address", "no such mailbox", "user not found", "recipient not found", "host unknown",
    "host not found", "unknown host", "invalid recipient", "invalid user", "no valid recipients", "no mailbox here",
    "duplicated message-id", "couldn't be sent", "could not be sent", "error occurred while", "error has occurred while",
    "error delivering your mail", "message is delayed", "failure reasons", "each of the following", "following address",
    "following recipient", "following destination", "following user", "transcript of session", "after end of data",
    "will continue to attempt delivery", "delivery attempts will continue", "not listed in", "has been postponed",
    "automatically rejected", "was rejected by", "has been rejected", "message was rejected", "message has been blocked",
    "error message below", "requested destination", "invalid final delivery", "does not exist", "no longer valid",
    // French
    "pas pu etre", "n'a pu etre", "pas ete remis", "pas ete delivre", "pas ete distribue", "pas ete envoye", "non remis",
    "destinataire suivant", "destinataires suivants", "adresse suivante", "adresses suivantes", "boite aux lettres",
    "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "est injoignable",
    // German
    "nicht zugestellt", "nicht ausgeliefert", "nicht ubermittelt", "nicht zustellbar", "konnte nicht", "konnten nicht",
    "folgende empfanger", "folgenden empfanger", "folgende adresse", "folgenden adresse", "postfach ist voll",
    "benutzer unbekannt", "empfanger unbekannt", "existiert nicht",
    // Spanish, Portuguese, Italian
    "no se pudo entregar", "no se ha podido entregar", "no pudo ser entregado", "no ha podido ser entregado",
    "no ha sido entregado", "no fue entregado", "siguiente destinatario", "siguientes destinatarios",
    "siguiente direccion", "siguientes direcciones", "usuario desconocido", "destinatario desconocido",
    "nao pode ser entregue", "nao foi entregue", "nao foi possivel entregar", "seguintes destinatarios",
    "seguinte destinatario", "seguintes enderecos", "usuario inexistente", "nao pode entregar",
    "non e stato possibile", "non e stato recapitato", "non e stato consegnato", "impossibile recapitare",
    "impossibile consegnare", "seguenti destinatari", "seguente destinatario", "seguente indirizzo", "seguenti indirizzi",
    "utente sconosciuto", "destinatario sconosciuto", "casella piena",
    // Dutch and the north
    "niet worden bezorgd", "niet worden afgeleverd", "niet bezorgd", "niet afgeleverd", "niet besteld",
    "volgende geadresseerde", "volgende ontvanger", "volgende adres", "onbekende gebruiker", "mailbox is vol",
    "inte levereras", "foljande mottagare", "foljande adress", "ikke leveres", "ikke afleveres", "folgende modtager",
    "folgende mottaker", "ei voitu toimittaa", "seuraaville vastaanottajille",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "nie mogla zostac dostarczona", "nie zostala dostarczona", "nie mozna dostarczyc", "nastepujacych odbiorcow",
    "nastepujacych adresatow", "nastepujacy adres", "nie istnieje", "nelze dorucit", "nebylo mozne dorucit",
    "nasledujicim prijemcum", "nepodarilo dorucit", "nem sikerult kezbesiteni", "nem kezbesitheto",
    "nu a putut fi livrat", "nu poate fi livrat", "urmatorilor destinatari",
    // Russian, Ukrainian, Bulgarian, Greek, Turkish
    "не доставлено", "не было доставлено", "не удалось доставить", "не может быть доставлено", "невозможно доставить",
    "следующим адресатам", "следующим получателям", "следующему адресу", "пользователь не найден", "ящик переполнен",
    "не вдалося доставити", "не може бути доставлен", "δεν ηταν δυνατη η παραδοση", "δεν παραδοθηκε",
    "teslim edilemedi", "iletilemedi", "asagidaki alici",
    // Arabic, Hebrew
    "تعذر تسليم", "لم يتم تسليم", "فشل تسليم", "المستلمين التاليين", "לא ניתן היה למסור", "לא נמסרה", "הנמענים הבאים",
    // Japanese, Chinese, Korean
    "配信できません", "配信でき", "配送できません", "送信できません", "送信でき", "届きません", "届けることができ", "見つかりません", "宛先不明", "お届けできません",
    "无法投递", "無法投遞", "无法送达", "無法送達", "无法发送", "无法传递", "退回", "退信", "邮箱已满", "不存在", "发送失败",
    "배달하지 못", "배달되지 않", "전송되지 못", "전송할 수 없", "전송하지 못", "배달할 수 없", "존재하지 않", "반송",
];

/// How a report begins, as no person's mail does. Each stands at the start of a line.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    // English
    "your message could not be delivered", "your message cannot be delivered", "your mail could not be delivered",
    "your mail cannot be delivered", "your message was not delivered", "your message wasn't delivered",
    "your email could not be delivered", "your e-mail could not be delivered", "your message has not been delivered",
    "your message to the following", "your mail to the following",
    "the following mail could not be delivered", "the following message could not be delivered",
    "the following message was not delivered", "the following mail has been returned", "the message you sent could not",
    "a message that you sent could not be delivered",
    "a message you sent could not be delivered", "this message was created automatically by mail delivery",
    "this is an automated message created by mail delivery", "this is an automatically generated delivery",
    "this is the mail system", "this is the qmail-send", "this is the mail delivery",
    "this is the mailer-daemon", "this is the postfix program", "message could not be delivered to",
    "delivery to the following", "delivery of email to", "delivery of the following", "delivery of the message failed",
    "delivery has failed", "message delivery failed", "mail delivery failed", "i was not able to deliver",
    "i wasn't able to deliver", "i'm afraid i wasn't able to deliver", "i am unable to deliver your",
    "unable to deliver message to", "unable to deliver your", "we were unable to deliver", 
    "sorry, we were unable", "sorry, i was unable to deliver", "message undeliverable",
    "undeliverable message", "unable to deliver mail", "failed to deliver to", "failed addresses follow",
    "invalid final delivery userid", "user mailbox exceeds allowed size", "delivery failed", "error: invalid user address",
    "intended recipient:", "your message was automatically rejected", "the attached message could not be delivered",
    "your message has encountered delivery problems", "your mail has encountered", "a message that you sent was rejected",
    "a message could not be delivered", "the message could not be delivered", "the mail could not be delivered",
    "your message was rejected", "your message has been rejected", 
    "the email below could not be delivered", "the message below could not be delivered",
    "this is the machine generated message", "this is the deliver program", 
    "this is a delivery status notification", "this is an informative message sent by", "this report relates to a message you sent",
    "this message was undeliverable", "this message is undeliverable", "here is your list of failed recipients",
    "user's mailbox is full", "user mailbox is full", "the recipient's mailbox is full", 
    "mailenable: message could not be delivered", "one or more addresses in your message have failed",
    "the attached message had permanent", "the following addresses did not receive",
    "the following recipients did not receive", "the following destination addresses",
    "could not deliver message to", "could not deliver your",
    "can't deliver your", "can not deliver your", "cannot deliver your", "unable to send your", "xmail bounce", "[<00>] xmail bounce",
    "error sending your mail", "your mail sent on", "your email sent on", "message log follows", "no valid recipients were found",
    
    "undeliverable mail", "undeliverable address", "undeliverable to", "mail undeliverable", 
    "this mail could not", "this message could not", "this e-mail could not", "this email could not",
    "there was an error delivering", 
    "we are unable to deliver", "we have been unable to deliver", "we regret to inform you that your", 
    "sorry to have to inform you", "i'm sorry to have to inform you", 
    "mail system error", "failed recipient", "the delivery of your message", "delivery of your message", "delivery of your mail",
    "non-delivery report", "the server was unable to deliver",
    "the mail server was unable", 
    "this is an advisory-only email", "the mail system has detected", "no message was delivered to",
    // French
    "votre message n'a pas pu", "votre message ne peut", "votre message a ete rejete", "votre message a ete refuse", 
    "ce message n'a pas pu", "message non distribue", "message non remis", "le destinataire n'a pas recu", 
    "impossible de remettre", "impossible de delivrer", "votre courrier n'a pas", "votre message n'a pu", "votre mail n'a pas pu", "votre e-mail n'a pas pu",
    "votre courriel n'a pas pu", "votre message n'est pas arrive", "votre message n'a pas ete remis",
    "le message suivant n'a pas pu", "la remise a echoue", "echec de la remise", "nous n'avons pas pu delivrer",
    // German
    "ihre nachricht konnte nicht", "ihre nachricht wurde nicht", "die e-mail konnte nicht",
    "diese nachricht konnte nicht", "diese e-mail konnte nicht", "leider konnte ihre", "leider konnten wir ihre", "unzustellbare nachricht",
    "nachricht unzustellbar", "nachricht konnte nicht", "ihre e-mail konnte nicht", "ihre mail konnte nicht",
    "die nachricht konnte nicht", "die folgende nachricht konnte nicht", "folgende nachricht konnte nicht",
    "fehler bei der nachrichtenzustellung", "die zustellung ihrer", "dies ist eine automatisch erstellte fehlermeldung",
    "dies ist eine automatisch generierte fehler", "fehler beim ubermitteln",
    // Spanish, Portuguese, Italian
    "el mensaje no pudo", "el mensaje no ha", "mensaje no entregado",
    "este mensaje no", "o seu e-mail nao", "seu e-mail nao", "o e-mail nao", "esta mensagem nao", "il vostro messaggio non",
    "questo messaggio non", "messaggio non recapitato", "no se pudo entregar", "no se ha podido entregar", "error de entrega", "el siguiente mensaje no",
    "a mensagem nao pode", "nao foi possivel entregar", "falha na entrega",
    "impossibile recapitare", "mancato recapito",
    // Dutch and the north
    "uw bericht kan niet", "uw bericht kon niet", "het bericht kon niet", "kan dit bericht niet",
    "ditt meddelande kunde inte", "meddelandet kunde inte", "din meddelelse kunne ikke", "meldingen kunne ikke",
    "viestia ei voitu", "viestiasi ei voitu",
    // Polish, Czech, Hungarian, Romanian
    "wiadomosc nie zostala", "wiadomosc nie mogla", "nie mozna dostarczyc", "vase zprava nebyla",
    "zpravu se nepodarilo", "az uzenetet nem", "mesajul nu a putut", 
    // Russian, Ukrainian, Greek, Turkish
    "сообщение не доставлено", "письмо не доставлено", "не удалось доставить",
    "это письмо создано автоматически", "к сожалению, ваше письмо", "ваше повідомлення не", "το μηνυμα σας δεν",
    
    // Arabic, Hebrew
    "تعذر تسليم", "لم يتم تسليم", "ההודעה שלך לא",
    // Japanese, Chinese, Korean
    "次の受信者", "次の宛先", "次のあて先", "次のアドレス", "以下の宛先", "以下のあて先", "以下のアドレス", "以下の受信者", "あなたの送信した", "あなたが送信した",
    "无法送达", "메일이 전송되지", "메시지를 배달", 
];

/// How reports begin, and people may: alone these prove nothing.
#[rustfmt::skip]
const BEGINNINGS: &[&str] = &[
    "your message to ", "your mail to ", "your e-mail to ", "your email to ", "votre message a ",
    "votre message adresse a", "ihre nachricht an", "ihre e-mail an", "ihre mail an", "ihre nachricht hat",
    "su mensaje a", "su mensaje para", "il tuo messaggio a", "il messaggio inviato a", "spiacenti", "很抱歉", "抱歉，您的邮件",
    "您的邮件", "您的信件", "您发送的邮件", "お客様のメール", "送信したメール", "보내신 메일", "nous sommes desoles", "user unknown", "unknown user",
    "recipient unknown", "unknown recipient", "no such user", "undelivered mail", "returned mail", "mail returned",
    "mesajiniz", "iletiniz", "the attached message has been", "the mail you sent", "the e-mail you sent",
    "the email you sent", "a mail you sent", "an email you sent", "the following user", "the following address",
    "the following email address", "the following e-mail address", "the following recipient", "message from yahoo",
    "il messaggio che", "un message que vous avez envoye", "le courrier que vous avez envoye", "es tut uns leid, ihre",
    "su mensaje no", "tu mensaje no", "su correo no", "mesajul dumneavoastra nu", "twoja wiadomosc nie",
    "ваше сообщение не", "ваше письмо не", "sua mensagem nao", "a sua mensagem nao", "il suo messaggio non",
    "il tuo messaggio non", "il messaggio non", "uw bericht is niet", "hi. this is the", "recipient address rejected",
    "sorry, your mail", "sorry. your message", "lo sentimos, su", "the account is full", "the user(s) account is",
    "your message did not reach", "wir konnten ihre", "there was a problem delivering", "problems delivering",
    "delivery failure", "delivery error", "delivery notification", "we could not deliver your",
    "we were not able to deliver", "this is the email server", "this is the mail server",
];

/// Words by which a report says that it goes on trying.
#[rustfmt::skip]
const DELAYED: &[&str] = &[
    "this is a warning message only", "you do not need to resend", "you do not need to re-send", "do not resend",
    "no need to resend", "you do not need to take any action", "delivery attempts will continue", "still being retried",
    "will continue to try", "will continue to attempt", "we will continue to", "will keep trying", "will be retried", "will retry",
    "will try again", "not yet been delivered", "has not been delivered yet", "has been postponed", "has been delayed",
    "is delayed", "delivery delayed", "delivery is delayed", "delivery of your message has been delayed", "still trying to deliver", "continuing to try",
    // French, German
    "remise retardee", "est retarde", "a ete retarde", "nouvelles tentatives", "n'avez pas besoin de renvoyer",
    "pas encore ete remis", "pas encore pu etre", "verzogert", "weiterhin versucht", "weitere zustellversuche", "noch nicht zugestellt",
    "nicht erneut senden", "brauchen die nachricht nicht",
    // Spanish, Portuguese, Italian, Dutch
    "se ha retrasado", "seguira intentando", "seguiremos intentando", "no es necesario reenviar", "ainda nao foi entregue",
    "esta atrasada", "sofreu atraso", "continuaremos a tentar", "non e ancora stato", "e in ritardo", "ritardata",
    "ulteriori tentativi", "vertraagd", "nog niet bezorgd", "blijven proberen",
    // Swedish, Danish, Polish, Russian, Japanese, Chinese, Korean
    "forsenad", "forsinket", "opoznion", "задержан", "откладывается", "попытки доставки будут", "遅延", "遅れて", "延迟", "延遲", "지연",
];

/// Words by which a report says that the mail arrived.
#[rustfmt::skip]
const DELIVERED: &[&str] = &[
    // English
    "was delivered to", "was successfully delivered", "were successfully delivered", "has been delivered to",
    "has been successfully delivered", "have been delivered to", "was delivered successfully", "been delivered successfully",
    // French, German
    "a ete remis a", "a bien ete remis", "a ete delivre a", "a bien ete delivre", "a ete distribue a", "a bien ete distribue",
    "empfangern zugestellt", "empfanger zugestellt", "wurde erfolgreich zugestellt", "wurde zugestellt", "erfolgreich ausgeliefert",
    // Spanish, Portuguese, Italian
    "ha sido entregado", "se ha entregado", "se entrego", "fue entregado", "foi entregue", "foram entregues",
    "e stato recapitato", "e stato consegnato",
    // Dutch and the north
    "is bezorgd", "is afgeleverd", "har levererats", "levererades", "er leveret", "blev leveret", "er levert", "ble levert",
    "on toimitettu",
    // Polish, Czech, Hungarian, Romanian
    "zostala dostarczona", "zostalo dostarczone", "byla dorucena", "kezbesitve", "a fost livrat",
    // Russian, Ukrainian, Greek, Turkish
    "доставлено следующим", "было доставлено", "успешно доставлено", "було доставлено", "παραδοθηκε", "teslim edildi",
    // Arabic, Hebrew
    "تم تسليم", "נמסרה אל", "נמסרה בהצלחה",
    // Japanese, Chinese, Korean
    "配信されました", "配信が完了", "配信しました", "已成功送达", "已送达", "已成功投递", "已投递到", "已送達", "배달되었습니다", "배달했습니다",
];

/// … and that it left for a server that says nothing more.
#[rustfmt::skip]
const RELAYED: &[&str] = &[
    "is complete, but no delivery notification was sent", "was successfully relayed", "has been successfully relayed", "was relayed to",
    "aucune notification de remise n'a ete envoyee", "keine zustellbenachrichtigung", "keine ubermittlungsbestatigung",
    "no envio ninguna notificacion de entrega", "no se envio ninguna notificacion de entrega",
    "nenhuma notificacao de entrega foi enviada", "nao foi enviada uma notificacao de entrega", "nessuna notifica di recapito",
    "geen leveringsbericht", "geen bezorgingsbericht", "没有发送传递通知", "未发送传递通知", "配信通知は送信されません",
];

/// Words that deny what follows them.
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:not|no|non|nao|nu|nie|ne|nem|pas|nicht|nichts|niet|inte|ikke|ej|ei|не|δεν|لم|لا|לא)\b(?:\s+\S+){0,5}|n't(?:\s+\S+){0,5}",
    )
});

/// After a line with these words come those who did not get the mail, and nobody else.
#[rustfmt::skip]
const WHOM: &[&str] = &[
    "following recipient", "following address", "following e-mail address", "following email address", "following user",
    "following destination", "following person", "following people", "following mailbox", "addresses follow",
    "recipients follow", "did not reach", "not delivered to", "undeliverable to", "not be delivered to", "failed recipient",
    "not been delivered to", "delivery to", "unable to deliver message to", "your message to", "intended recipient",
    "delivery of email to this address", "failed addresses", "following could not", "message not delivered to",
    "destinataire suivant", "destinataires suivants", "adresse suivante", "adresses suivantes", "pas pu etre remis a",
    "pas pu etre delivre a", "pas ete remis a", "folgende empfanger", "folgenden empfanger", "folgender empfanger",
    "folgende adress", "folgenden adress", "folgende person", "siguiente destinatario", "siguientes destinatario",
    "siguiente direccion", "siguientes direccion", "seguinte destinatario", "seguintes destinatario", "seguinte endereco",
    "seguintes endereco", "seguente destinatario", "seguenti destinatari", "seguente indirizzo", "seguenti indirizzi",
    "volgende geadresseerde", "volgende ontvanger", "volgende adres", "volgende persoon", "volgende personen",
    "foljande mottagare", "foljande adress", "folgende modtager", "folgende mottaker", "folgende adresse",
    "seuraaville vastaanottajille", "seuraavalle vastaanottajalle", "nastepujacych odbiorcow", "nastepujacych adresatow",
    "nastepujacego adresata", "nastepujacych adresow", "nasledujicim prijemcum", "nasledujicimu prijemci",
    "urmatorilor destinatari", "urmatorul destinatar", "следующим адресатам", "следующим получателям", "следующему адресату",
    "следующим адресам", "следующему адресу", "наступним одержувачам", "asagidaki alici", "παρακατω παραληπτ",
    "المستلمين التاليين", "الى المستلم", "הנמענים הבאים", "次の受信者", "次の宛先", "次のあて先", "以下の宛先", "以下のあて先",
    "以下の受信者", "次のアドレス", "以下のアドレス", "宛先メールアドレス", "以下收件人", "下列收件人", "以下地址", "下列地址", "以下邮箱",
    "다음 받는 사람", "다음 수신자", "다음의 수신자", "받는 사람:",
];

/// Whether a folded subject is that of a report.
pub(super) fn is_subject(folded_subject: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(SUBJECTS));
    TABLE.is_in(folded_subject)
}

/// Whether a folded text says that something did not arrive.
pub(super) fn says_not_delivered(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(SAID));
    TABLE.is_in(folded_text)
}

/// Whether a line of a folded text is how a report begins, as no person does.
pub(super) fn opens(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(OPENINGS));
    TABLE.begins_a_line(folded_text)
}

/// Whether a line of a folded text is how a report may begin, and a person's mail too.
pub(super) fn begins(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(BEGINNINGS));
    TABLE.begins_a_line(folded_text)
}

/// Whether a folded text says that delivery is still tried.
pub(super) fn says_delayed(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(DELAYED));
    TABLE.is_in(folded_text)
}

/// Whether a folded text says that the mail arrived, and does not deny it.
pub(super) fn says_delivered(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(DELIVERED));
    TABLE.is_in(folded_text) && TABLE.is_in(&DENIED.replace_all(folded_text, " "))
}

/// Whether a folded text says that the mail went to a server that tells nothing more.
pub(super) fn says_relayed(folded_text: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(RELAYED));
    TABLE.is_in(folded_text)
}

/// What Amazon's notification says has happened: `Bounce`, `Delivery`, `Complaint`.
pub(super) fn amazon_tells(text: &str) -> Option<&str> {
    static KIND: LazyLock<Regex> =
        LazyLock::new(|| regex(r#""(?:notificationType|eventType)"\s*:\s*"(\w{1,20})""#));
    if !text.contains("notificationType") && !text.contains("eventType") {
        return None;
    }
    KIND.captures(text)?.get(1).map(|kind| kind.as_str())
}

/// Whether a folded line introduces those who did not get the mail.
pub(super) fn names_whom(folded_line: &str) -> bool {
    static TABLE: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(WHOM));
    TABLE.is_in(folded_line)
}
