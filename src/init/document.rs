//! The configuration as it is written: what was answered, each key with its reason.

use super::answers::{Answers, Login, OAuth2, Server, flow_name};
use super::preset::Preset;
use crate::args::Provider;
use crate::mail::address::AddrSpec;
use std::fmt::Write;

/// The files beside it that hold secrets.
pub const IMAP_PASSWORD: &str = "imap-password";
pub const SMTP_PASSWORD: &str = "smtp-password";
pub const CLIENT_SECRET: &str = "oauth2-client-secret";
pub const SERVICE_ACCOUNT: &str = "oauth2-service-account.json";

/// The whole file.
pub fn text(answers: &Answers) -> String {
    let parts =
        [HEAD.to_owned(), network(answers), imap(answers), oauth2(answers), smtp(answers), store(answers)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

const HEAD: &str = "\
# The configuration of Sounding Board, as \"soundingboard init\" wrote it. What is not here has its
# default: deploy/soundingboard.toml has every key with its reason. After a change:
#   soundingboard check --config FILE
# A running daemon reads this file at its start only.
";

fn network(answers: &Answers) -> String {
    let Answers { name, address, zone, .. } = answers;
    let staff: Vec<&str> = answers.staff.iter().map(AddrSpec::as_str).collect();
    format!(
        "[network]
# How letters call the network.
name = {}
# Participants write to it, letters come from it.
address = {}
# What stands before the detail in contact+detail@…, to which letters ask for replies. \"\" where
# such mail does not arrive: doctor tries it.
subaddress = \"+\"
# \"detail\" where the server lets contact+…@ send: doctor tells.
return_path = \"plain\"
# For the digest, and for people whose own zone is not known.
time_zone = {}
# The first is for people whose language is not known.
languages = {}
# Domains of member institutions, subdomains included; who writes from elsewhere waits for the staff.
members = {}
# They get the digest and decide the exceptions.
staff = {}
# true, for the first weeks: every letter to others waits until one of the staff has approved it.
shadow = false
",
        quoted(name),
        quoted(address.as_str()),
        quoted(zone.name()),
        list(&answers.languages),
        list(&answers.members),
        list(&staff),
    )
}

fn imap(answers: &Answers) -> String {
    let mut text = format!("[imap]\n{}user = {}\n", server(&answers.imap), quoted(answers.address.as_str()));
    if let Login::Password { .. } = answers.login {
        text += &password(IMAP_PASSWORD);
    }
    text + &folders(answers) + &authserv_id(answers)
}

fn server(Server { host, port, security }: &Server) -> String {
    let port = port.map(|port| format!("port = {port}\n")).unwrap_or_default();
    format!("host = {}\n{port}security = {}\n", quoted(host), quoted(security))
}

fn password(file: &str) -> String {
    format!(
        "# A file beside this one with the password alone in it, mode 600. The service hands it over as a credential.\n\
         password_file = {}\n",
        quoted(file)
    )
}

fn folders(answers: &Answers) -> String {
    let preset = Preset::of(answers.provider);
    let mut text = String::new();
    let called = "An account in another language calls it otherwise: doctor names the folders.";
    match preset.junk {
        Some(junk) => {
            text += "# Where the filter puts what it doubts: a mail there is acted on only if it proves that it concerns us.\n";
            text += &format!("# {called}\nalso_read = {}\n", list(&[junk]));
        }
        None => {
            text += "# Like [\"Junk\"], where the filter puts what it doubts: doctor says what it is called here.\nalso_read = []\n"
        }
    }
    text += "# The folder of sent mail: with it what staff answer by hand is seen, and nobody is reminded meanwhile.\n";
    match preset.sent {
        Some(sent) => text += &format!("sent = {}\n", quoted(sent)),
        None => text += "# Like \"Sent\": doctor says what it is called here.\nsent = \"\"\n",
    }
    text += match answers.after_handling {
        "move" => "# Handled mail goes into the folder Handled: the Inbox is what needs a person.\n",
        "flag" => "# Handled mail gets the keyword SoundingBoard, which mail programs can search by.\n",
        _ => "# Handled mail stays as it was found.\n",
    };
    text += &format!("after_handling = {}\n", quoted(answers.after_handling));
    text
}

fn authserv_id(answers: &Answers) -> String {
    match Preset::of(answers.provider).authserv_id {
        Some(id) => format!(
            "# Whose Authentication-Results to trust: with them a mail without a token counts if it is genuine.\n\
             authserv_id = {}\n",
            quoted(id)
        ),
        None => "# Whose Authentication-Results to trust; \"\" trusts none. Doctor says what your receiver calls itself.\n\
                 authserv_id = \"\"\n"
            .to_owned(),
    }
}

fn oauth2(answers: &Answers) -> String {
    let Login::OAuth2(OAuth2 { flow, tenant, client_id, client_secret, service_account }) = &answers.login
    else {
        return String::new();
    };
    let provider = if answers.provider == Provider::Microsoft365 { "microsoft" } else { "google" };
    let mut text = "# A token instead of a password, for IMAP and for SMTP.\n[imap.oauth2]\n".to_owned();
    let mut key = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(text, "{name} = {}", quoted(value));
        }
    };
    key("provider", Some(provider));
    key("flow", Some(&flow_name(*flow)));
    key("tenant", tenant.as_deref());
    key("client_id", client_id.as_deref());
    key("client_secret_file", client_secret.as_ref().map(|_| CLIENT_SECRET));
    key("service_account_file", service_account.as_ref().map(|_| SERVICE_ACCOUNT));
    text
}

fn smtp(answers: &Answers) -> String {
    let (server, user) = (server(&answers.smtp), quoted(answers.address.as_str()));
    let login = match &answers.login {
        Login::Password { .. } => password(SMTP_PASSWORD),
        Login::OAuth2(_) => "# Without a password of its own it logs in as [imap.oauth2] says.\n".to_owned(),
    };
    let rate = match answers.provider {
        Provider::Microsoft365 => "# Letters a minute: Microsoft 365 allows 30.\nper_minute = 25\n",
        _ => "",
    };
    format!("[smtp]\n{server}user = {user}\n{login}{rate}")
}

fn store(answers: &Answers) -> String {
    format!(
        "[store]\n# The folder of everything it knows; it holds people's words. \"soundingboard backup\" saves it.\npath = {}\n",
        quoted(&answers.store)
    )
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(items: &[impl AsRef<str>]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}
