//! How a bearer token is told to a mail server: XOAUTH2 and OAUTHBEARER.

use data_encoding::BASE64;

/// A SASL mechanism that takes a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// Google's, which Microsoft took over; no RFC describes it.
    XOAuth2,
    /// RFC 7628.
    OAuthBearer,
}

/// Who says what to whom.
#[derive(Clone, Copy, Debug)]
pub struct Bearer<'a> {
    /// The mailbox to be opened, which need not be the account that the token was given to.
    pub user: &'a str,
    pub host: &'a str,
    pub port: u16,
    pub token: &'a str,
}

impl Mechanism {
    /// The one to use of those that a server offers: mail programs speak XOAUTH2, so that is what
    /// servers are tried with.
    pub fn among(xoauth2: bool, oauthbearer: bool) -> Option<Self> {
        match (xoauth2, oauthbearer) {
            (true, _) => Some(Self::XOAuth2),
            (false, true) => Some(Self::OAuthBearer),
            (false, false) => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
        }
    }

    /// The client's response, in base64.
    pub fn response(self, who: Bearer<'_>) -> String {
        let Bearer { user, host, port, token } = who;
        let words = match self {
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            // §3.1; in a name of the GS2 header "=" and "," are written otherwise (RFC 5801 §4).
            Self::OAuthBearer => {
                let name = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        };
        BASE64.encode(words.as_bytes())
    }

    /// What is answered to the reason of a refusal (RFC 7628 §3.2.3), so that the server refuses.
    pub fn concession(self) -> &'static str {
        match self {
            Self::XOAuth2 => "",
            Self::OAuthBearer => "AQ==",
        }
    }
}

/// The server's reason in words, from its challenge: JSON in base64 (RFC 7628 §3.2.2).
pub fn reason(challenge: &str) -> Option<String> {
    let bytes = BASE64.decode(challenge.trim().as_bytes()).ok()?;
    let said: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let status = said.get("status")?;
    let status = status.as_str().map_or_else(|| status.to_string(), str::to_owned);
    Some(format!("status {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(mechanism: Mechanism, user: &str) -> String {
        let who = Bearer { user, host: "mail.example", port: 993, token: "ya29.a" };
        String::from_utf8(BASE64.decode(mechanism.response(who).as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_worded_as_each_mechanism_wants_it() {
        // Google's documentation of XOAUTH2, and RFC 7628 §4.1.
        assert_eq!(
            decoded(Mechanism::XOAuth2, "a@b.example"),
            "user=a@b.example\x01auth=Bearer ya29.a\x01\x01"
        );
        assert_eq!(
            decoded(Mechanism::OAuthBearer, "a,b=c@b.example"),
            "n,a=a=2Cb=3Dc@b.example,\x01host=mail.example\x01port=993\x01auth=Bearer ya29.a\x01\x01"
        );
    }

    #[test]
    fn the_reason_of_a_refusal_is_read_where_there_is_one() {
        let json = BASE64.encode(br#"{"status":"invalid_token","schemes":"bearer","scope":"mail"}"#);
        assert_eq!(reason(&json).as_deref(), Some("status invalid_token"));
        assert_eq!(reason(&BASE64.encode(br#"{"status":400}"#)).as_deref(), Some("status 400"));
        assert_eq!(reason("not base64"), None);
        assert_eq!(reason(""), None);
    }
}
