//! An authorization server (RFC 6749) of ours, which also tells Dovecot whose a token is (RFC 7662).
//!
//! It grants tokens to whoever shows what it was told to expect, and remembers what it was asked.

use super::CONTACT;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// What it takes for a client's secret.
pub const CLIENT_SECRET: &str = "a secret of the client";

/// The fields of a form.
pub type Form = BTreeMap<String, String>;

/// A running authorization server; its thread ends with the test.
pub struct Authority {
    port: u16,
    state: Arc<Mutex<State>>,
}

/// What it knows, and how it behaves.
pub struct State {
    /// What was asked for at the token endpoint, in turn.
    pub asked: Vec<Form>,
    /// Access tokens that hold.
    pub valid: BTreeSet<String>,
    /// The refresh token that holds; each use makes another of it.
    pub refresh_token: String,
    /// Answered to every request for a token, if set: status and body.
    pub instead: Option<(u16, Value)>,
    /// How many octets a token has.
    pub length: usize,
    /// How often a device has to ask before its person has entered the code.
    pub pending: u32,
    /// Whose the tokens are.
    pub owner: String,
}

impl Authority {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State {
            asked: Vec::new(),
            valid: BTreeSet::new(),
            refresh_token: "refresh-0".to_owned(),
            instead: None,
            length: 2000,
            pending: 0,
            owner: CONTACT.to_owned(),
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || answer(stream, &state));
            }
        });
        Self { port, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody has panicked with it")
    }

    /// Lines for Dovecot, which then takes tokens and asks here whose they are. The file is read by Dovecot's
    /// own user.
    pub fn dovecot(&self, file: &std::path::Path, mechanisms: &str) -> String {
        let url = self.url("introspect");
        let lines = "introspection_mode = post\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n";
        std::fs::write(file, format!("introspection_url = {url}\n{lines}")).expect("a file");
        format!(
            "auth_mechanisms = plain login {mechanisms}\nauth_failure_delay = 0\n\
             passdb {{\n  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {}\n}}\n",
            file.display()
        )
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let Some((path, form)) = request(&stream) else { return };
    let mut state = state.lock().expect("nobody has panicked with it");
    let (status, body) = match path.as_str() {
        "/token" => state.token(&form),
        "/device" => (
            200,
            json!({"device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": "http://localhost/device",
                   "expires_in": 300, "interval": 0}),
        ),
        "/introspect" => {
            let token = form.get("token").cloned().unwrap_or_default();
            (200, json!({"active": state.valid.contains(&token), "username": state.owner}))
        }
        _ => (404, json!({})),
    };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever asked may be gone.
    let _ = stream.write_all((head + &body).as_bytes());
}

/// Path and form of a request.
fn request(stream: &TcpStream) -> Option<(String, Form)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let url = reqwest::Url::parse(&format!("http://form/?{}", String::from_utf8(body).ok()?)).ok()?;
    let form = url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    Some((path, form))
}

impl State {
    fn token(&mut self, form: &Form) -> (u16, Value) {
        self.asked.push(form.clone());
        if let Some(instead) = &self.instead {
            return instead.clone();
        }
        let said = |key: &str| form.get(key).map_or("", String::as_str);
        let refused =
            |error: &str| (400, json!({"error": error, "error_description": "AADSTS1: no.\r\nTrace ID: 1"}));
        match said("grant_type") {
            "client_credentials" if said("client_secret") == CLIENT_SECRET => (200, self.grant(false)),
            "client_credentials" => refused("invalid_client"),
            "refresh_token" if said("refresh_token") == self.refresh_token => (200, self.grant(true)),
            "authorization_code" if said("code") == "code-1" && !said("code_verifier").is_empty() => {
                (200, self.grant(true))
            }
            "urn:ietf:params:oauth:grant-type:device_code" if self.pending > 0 => {
                self.pending -= 1;
                refused("authorization_pending")
            }
            "urn:ietf:params:oauth:grant-type:device_code" => (200, self.grant(true)),
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => (200, self.grant(false)),
            _ => refused("invalid_grant"),
        }
    }

    /// A new token; those before it hold on.
    fn grant(&mut self, for_long: bool) -> Value {
        let mut token = format!("token-{}-", self.asked.len());
        token.push_str(&"a".repeat(self.length.saturating_sub(token.len())));
        self.valid.insert(token.clone());
        let mut granted = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
        if for_long {
            self.refresh_token = format!("refresh-{}", self.asked.len());
            granted["refresh_token"] = json!(self.refresh_token);
        }
        granted
    }
}
