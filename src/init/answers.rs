//! What a first configuration needs to know.

use super::InitError;
use super::interview::Interview;
use super::preset::{Known, Preset};
use super::questions as q;
use crate::args::{self, Flow, Provider};
use crate::mail::address::AddrSpec;
use chrono_tz::Tz;
use clap::ValueEnum;

/// Everything that was answered.
pub struct Answers {
    pub provider: Provider,
    pub address: AddrSpec,
    pub name: String,
    pub imap: Server,
    pub smtp: Server,
    pub login: Login,
    pub members: Vec<String>,
    pub staff: Vec<AddrSpec>,
    pub zone: Tz,
    pub languages: Vec<String>,
    pub after_handling: &'static str,
    pub store: String,
}

/// One of the two servers.
pub struct Server {
    pub host: String,
    /// None: the usual one.
    pub port: Option<u16>,
    pub security: &'static str,
}

/// How it logs in.
pub enum Login {
    Password { imap: String, smtp: String },
    OAuth2(OAuth2),
}

/// `[imap.oauth2]`
pub struct OAuth2 {
    pub flow: Flow,
    pub tenant: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    /// What is in the key file.
    pub service_account: Option<String>,
}

/// Asks for everything; None where something is missing or wrong, which the interview then knows.
pub fn gather(given: &args::Init, interview: &mut Interview<'_>) -> Result<Option<Answers>, InitError> {
    let provider = match given.provider {
        Some(provider) => Some(provider),
        None => interview.ask(&q::provider(), None, q::read_provider)?,
    };
    let address = interview.ask(&q::address(), given.address.as_deref(), q::read_address)?;
    let name = interview.ask(&q::name(), given.name.as_deref(), q::read_name)?;
    let imap = imap(given, provider, interview)?;
    let smtp = smtp(given, provider, interview)?;
    let login = match provider {
        Some(provider) => login(given, &Preset::of(provider), interview)?,
        // Nobody was there to ask: it is missing too, unless it was given.
        None if given.password_file.is_none() && given.oauth2.is_none() => {
            interview.ask(&q::way(&[]), None, |text| Err(text.to_owned()))?
        }
        None => None,
    };
    let members = interview.ask(&q::members(address.as_ref()), given.members.as_deref(), q::read_members)?;
    let staff = interview.ask(&q::staff(), given.staff.as_deref(), q::read_staff)?;
    let zone = interview.ask(&q::zone(), given.time_zone.as_deref(), q::read_zone)?;
    let languages = interview.ask(&q::languages(), given.languages.as_deref(), q::read_languages)?;
    let after =
        interview.ask(&q::after_handling(), given.after_handling.as_deref(), q::read_after_handling)?;
    let store = interview.ask(&q::store(&given.config), given.store.as_deref(), q::read_store)?;
    let whole = || {
        Some(Answers {
            provider: provider?,
            address: address?,
            name: name?,
            imap: imap?,
            smtp: smtp?,
            login: login?,
            members: members?,
            staff: staff?,
            zone: zone?,
            languages: languages?,
            after_handling: after?,
            store: store?,
        })
    };
    Ok(whole())
}

// ---- servers

fn imap(
    given: &args::Init,
    provider: Option<Provider>,
    interview: &mut Interview<'_>,
) -> Result<Option<Server>, InitError> {
    let known = provider.and_then(|provider| Preset::of(provider).imap);
    let host = host(&q::imap_host(), given.imap_host.as_deref(), known.as_ref(), provider, interview)?;
    let security = security("--imap-security", given.imap_security.as_deref(), known.as_ref(), interview);
    Ok(host.zip(security).map(|(host, security)| Server {
        host,
        port: given.imap_port.or(known.map(|known| known.port)),
        security,
    }))
}

fn smtp(
    given: &args::Init,
    provider: Option<Provider>,
    interview: &mut Interview<'_>,
) -> Result<Option<Server>, InitError> {
    let known = provider.and_then(|provider| Preset::of(provider).smtp);
    let host = host(&q::smtp_host(), given.smtp_host.as_deref(), known.as_ref(), provider, interview)?;
    let security = security("--smtp-security", given.smtp_security.as_deref(), known.as_ref(), interview);
    Ok(host.zip(security).map(|(host, security)| Server {
        host,
        port: given.smtp_port.or(known.map(|known| known.port)),
        security,
    }))
}

fn host(
    question: &super::interview::Question,
    given: Option<&str>,
    known: Option<&Known>,
    provider: Option<Provider>,
    interview: &mut Interview<'_>,
) -> Result<Option<String>, InitError> {
    match (given, known, provider) {
        (None, Some(known), _) => Ok(Some(known.host.to_owned())),
        // Whether it is needed hangs on the provider, which is missing as well.
        (None, None, None) => Ok(None),
        _ => interview.ask(question, given, q::read_host),
    }
}

/// Not asked: whoever needs another knows it.
fn security(
    flag: &'static str,
    given: Option<&str>,
    known: Option<&Known>,
    interview: &mut Interview<'_>,
) -> Option<&'static str> {
    match given {
        None => Some(known.map_or("tls", |known| known.security)),
        Some(given) => interview.understood(flag, given, q::read_security(given)),
    }
}

// ---- login

/// The ways in, of which a provider allows some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Password,
    OAuth2(Flow),
}

impl Way {
    fn all(preset: &Preset) -> Vec<Self> {
        let password = preset.takes_passwords.then_some(Way::Password);
        password.into_iter().chain(preset.flows.iter().map(|flow| Way::OAuth2(*flow))).collect()
    }

    fn called(self) -> String {
        match self {
            Way::Password => "password".to_owned(),
            Way::OAuth2(flow) => flow_name(flow),
        }
    }
}

/// As the command line and the configuration spell it.
pub fn flow_name(flow: Flow) -> String {
    flow.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn login(
    given: &args::Init,
    preset: &Preset,
    interview: &mut Interview<'_>,
) -> Result<Option<Login>, InitError> {
    match way(given, preset, interview)? {
        None => Ok(None),
        Some(Way::Password) => password(given, interview),
        Some(Way::OAuth2(flow)) => oauth2(given, preset, flow, interview),
    }
}

fn way(given: &args::Init, preset: &Preset, interview: &mut Interview<'_>) -> Result<Option<Way>, InitError> {
    let ways = Way::all(preset);
    let names: Vec<String> = ways.iter().map(|way| way.called()).collect();
    let chosen = match (given.oauth2, &given.password_file) {
        (Some(flow), _) => Some(Way::OAuth2(flow)),
        (None, Some(_)) => Some(Way::Password),
        (None, None) => None,
    };
    match (chosen, ways.as_slice()) {
        (Some(chosen), _) if ways.contains(&chosen) => Ok(Some(chosen)),
        (Some(chosen), _) => {
            let (chosen, called) = (chosen.called(), preset.called);
            interview
                .refuse(format!("{called} lets no program in by {chosen}; it can be {}", names.join(", ")));
            Ok(None)
        }
        (None, [only]) => Ok(Some(*only)),
        (None, _) => {
            let read = |text: &str| {
                let found = ways.iter().find(|way| way.called() == text);
                found.copied().ok_or_else(|| format!("it can be {}", names.join(", ")))
            };
            interview.ask(&q::way(&names), None, read)
        }
    }
}

fn password(given: &args::Init, interview: &mut Interview<'_>) -> Result<Option<Login>, InitError> {
    let imap = interview.ask_secret(&q::password(), given.password_file.as_deref())?;
    let smtp = match &given.smtp_password_file {
        Some(file) => interview.ask_secret(&q::smtp_password(), Some(file))?,
        None => imap.clone(),
    };
    Ok(imap.zip(smtp).map(|(imap, smtp)| Login::Password { imap, smtp }))
}

/// What each flow needs to be told.
fn oauth2(
    given: &args::Init,
    preset: &Preset,
    flow: Flow,
    interview: &mut Interview<'_>,
) -> Result<Option<Login>, InitError> {
    let microsoft = !preset.takes_passwords;
    let mut oauth2 =
        OAuth2 { flow, tenant: None, client_id: None, client_secret: None, service_account: None };
    if flow == Flow::ServiceAccount {
        let file = given.service_account_file.as_ref().map(|path| path.display().to_string());
        oauth2.service_account =
            interview.ask(&q::service_account(), file.as_deref(), q::read_service_account)?;
        return Ok(oauth2.service_account.is_some().then_some(Login::OAuth2(oauth2)));
    }
    if microsoft {
        oauth2.tenant = interview.ask(&q::tenant(), given.tenant.as_deref(), q::read_word)?;
    }
    oauth2.client_id = interview.ask(&q::client_id(), given.client_id.as_deref(), q::read_word)?;
    // Google gives programs on a desk a secret too; Microsoft's public clients have none.
    let has_secret = flow == Flow::ClientCredentials || !microsoft;
    if has_secret {
        oauth2.client_secret =
            interview.ask_secret(&q::client_secret(), given.client_secret_file.as_deref())?;
    }
    let whole = (oauth2.tenant.is_some() || !microsoft)
        && oauth2.client_id.is_some()
        && (oauth2.client_secret.is_some() || !has_secret);
    Ok(whole.then_some(Login::OAuth2(oauth2)))
}
