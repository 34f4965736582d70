//! What receiving systems put above mail from elsewhere, language by language.

/// What only receiving systems write: Outlook's and Exchange's words of a new sender.
#[rustfmt::skip]
pub(super) const CERTAIN: &[&str] = &[
    "you don't often get email from", "you don’t often get email from", "some people who received this message don't often get email from", "some people who received this message don’t often get email from", "learn why this is important", "fptbannerstart", "fptbannerend", "vous ne recevez pas souvent", "vous n'obtenez pas souvent", "vous n’obtenez pas souvent", "découvrez pourquoi cela est important", "découvrez pourquoi ceci est important", "sie erhalten nicht häufig", "sie erhalten nicht oft", "erfahren sie, warum dies wichtig ist", "weitere informationen, warum dies wichtig ist", "no suele recibir correo", "no recibe correos", "no suele recibir correos", "descubra por qué esto es importante", "você não costuma receber", "não é frequente receber", "saiba por que isso é importante", "saiba por que motivo isto é importante", "non si riceve spesso", "non si ricevono spesso", "non ricevi spesso", "scopri perché è importante", "informazioni sul perché", "u ontvangt niet vaak", "je ontvangt niet vaak",
    "meer informatie over waarom dit belangrijk is", "du får inte ofta e-post", "läs om varför det är viktigt", "du får ikke ofte", "et saa usein sähköpostia", "nie otrzymujesz często", "neobdržíte často", "nedostáváte často", "вы нечасто получаете", "δεν λαμβάνετε συχνά", "sık sık e-posta almıyorsunuz", "אינך מקבל לעתים קרובות", "لا تتلقى رسائل", "لا تتلقى البريد", "لا تصلك رسائل", "تعرف على سبب أهمية", "您通常不会收到来自", "您不常收到",
    "了解这一点为什么很重要", "您不常收到來自", "からメールを受け取ることはあまりありません", "これが重要である理由",
];

/// What people write too: beside a word of caution, brackets, "this message" or another of
/// these it is a banner.
#[rustfmt::skip]
pub(super) const BANNERS: &[&str] = &[
    "originated from outside", "originates from outside", "originated outside", "from outside of the organi", "from outside the organi", "from outside your organi", "came from outside", "do not click on any link", "do not click any link", "do not click on link", "do not click link", "is from an external sender", "from an external source", "from an external sender", "from an external email", "external sender. ", "this message is from an external", "this message was sent from outside", "this email was sent from outside", "exercise caution when opening", "use caution when opening", "be cautious when opening", "think before you click",
    "provient de l'extérieur", "provient de l’extérieur", "vient de l'extérieur", "vient de l’extérieur", "provient d'un expéditeur externe", "provient d’un expéditeur externe", "provient d'une source externe", "provenant de l'extérieur", "provenant de l’extérieur", "émane de l'extérieur", "ne cliquez pas sur les liens", "ne cliquez sur aucun lien", "n'ouvrez pas les pièces jointes", "n’ouvrez pas les pièces jointes",
    "stammt von außerhalb", "kommt von außerhalb", "von einem externen absender", "stammt von einem externen", "von ausserhalb der organisation", "klicken sie nicht auf links", "klicken sie nicht auf einen link", "klicken sie auf keine links",
    "se originó fuera de", "procede de fuera", "proviene de fuera", "proviene de un remitente externo", "no haga clic en", "no haga click en", "correo externo. ",
    "foi originado fora", "originou-se fora", "de fora da organização", "não clique em links", "não clique em nenhum link",
    "proviene dall'esterno", "proviene dall’esterno", "proviene da un mittente esterno", "non fare clic su", "non cliccare su",
    "afkomstig van buiten", "van een externe afzender", "van buiten de organisatie", "klik niet op",
    "kommer utifrån", "från en extern avsändare", "fra en ekstern afsender", "fra en ekstern avsender", "kommer udefra", "klicka inte på", "klik ikke på", "klikk ikke på", "organisaation ulkopuolelta", "pochodzi spoza", "nie klikaj", "pochází od externího", "mimo organizaci", "neklikejte na",
    "отправлено извне", "от внешнего отправителя", "не переходите по ссылкам", "лист надійшов ззовні", "εκτός του οργανισμού", "kuruluşunuzun dışından", "kuruluş dışından", "bağlantılara tıklamayın", "מחוץ לארגון", "من خارج المؤسسة", "من خارج المنظمة", "من خارج الجامعة", "لا تنقر على", "لا تضغط على",
    "来自外部", "來自外部", "组织外部", "組織外から", "외부에서 보낸", "외부 메일",
];

/// Alone on a line, between brackets or after "Caution:", these make a banner.
pub(super) const EXTERNAL: &[&str] = &[
    "external",
    "ext",
    "external email",
    "external e-mail",
    "external sender",
    "external message",
    "external mail",
    "this is an external email",
    "this is an external e-mail",
    "this is an external message",
    "externe",
    "courriel externe",
    "message externe",
    "mail externe",
    "e-mail externe",
    "expéditeur externe",
    "extern",
    "externe e-mail",
    "externe email",
    "externe mail",
    "externer absender",
    "externe nachricht",
    "extern mail",
    "extern e-post",
    "externt mail",
    "externo",
    "correo externo",
    "remitente externo",
    "mensaje externo",
    "email externo",
    "e-mail externo",
    "remetente externo",
    "esterno",
    "email esterna",
    "e-mail esterna",
    "mittente esterno",
    "externe afzender",
    "ekstern",
    "ekstern e-mail",
    "ekstern mail",
    "ulkoinen",
    "zewnętrzny",
    "wiadomość zewnętrzna",
    "externí",
    "externí e-mail",
    "внешнее письмо",
    "внешний отправитель",
    "εξωτερικό",
    "harici",
    "harici e-posta",
    "חיצוני",
    "خارجي",
    "بريد خارجي",
    "رسالة خارجية",
    "外部邮件",
    "外部郵件",
    "社外メール",
    "외부메일",
];

/// With one of these a banner may begin.
#[rustfmt::skip]
pub(super) const CAUTIONS: &[&str] = &[
    "caution", "warning", "attention", "achtung", "warnung", "vorsicht", "hinweis", "precaución", "atención", "advertencia", "cuidado", "atenção",
    "attenzione", "avviso", "waarschuwing", "varning", "obs", "advarsel", "varoitus", "uwaga", "ostrzeżenie", "upozornění", "varování", "pozor",
    "figyelem", "atenție", "внимание", "увага", "προσοχή", "dikkat", "uyarı", "זהירות", "تنبيه", "تحذير", "注意", "警告", "주의", "let op", "mise en garde",
    "avertissement",
];

/// How a system speaks of the mail it puts a banner on.
#[rustfmt::skip]
pub(super) const THIS_MAIL: &[&str] = &[
    "this e-mail", "this email", "this message", "this mail", "this sender", "the sender of this", "email came from", "message came from", "email is from", "ce message", "ce courriel", "ce mail", "ce courrier", "cet e-mail", "cet email", "cet expéditeur", "diese e-mail", "diese email", "diese mail", "diese nachricht", "este mensaje", "este correo", "este e-mail", "este email", "esta mensagem", "questo messaggio", "questa e-mail",
    "questa email", "questa mail", "dit bericht", "deze e-mail", "deze email", "deze mail", "detta meddelande", "detta e-postmeddelande", "detta mail", "det här mailet", "denne e-mail", "denne mail", "denne e-posten", "denne meldingen", "tämä viesti", "tämä sähköposti", "ta wiadomość",
    "tato zpráva", "tento e-mail", "táto správa", "ez az üzenet", "ez az e-mail", "acest mesaj", "acest e-mail", "это письмо", "это сообщение",
    "данное письмо", "цей лист", "αυτό το", "το μήνυμα αυτό", "bu e-posta", "bu mesaj", "bu ileti", "הודעה זו", "דואר זה", "هذه الرسالة", "هذا البريد", "此邮件", "此郵件", "本邮件", "このメール", "이 메일",
];

/// What banners warn of: the line below a wrapped one has one of these.
#[rustfmt::skip]
pub(super) const CONTINUED: &[&str] = &[
    "link", "attach", "sender", "recogni", "content is", "organi", "verify", "suspicious", "phish", "learn why", "important", "https://", "lien",
    "pièce", "expéditeur", "contenu", "découvrez", "absender", "anhäng", "anhang", "inhalt", "remitente", "enlace", "adjunt", "contenido",
    "remetente", "anexo", "conteúdo", "mittente", "allegat", "collegament", "contenuto", "afzender", "bijlage", "koppeling", "avsändare", "bilag",
    "afsender", "vedlegg", "lähettäj", "liite", "nadawc", "załącznik", "odesílatel", "příloh", "отправител", "ссылк", "вложен", "αποστολέα",
    "συνδέσμ", "gönderen", "bağlantı", "השולח", "קישור", "المرسل", "الروابط", "المرفقات", "تعرف على", "发件人", "链接", "附件", "送信者", "リンク", "添付", "발신자",
    "링크",
];
