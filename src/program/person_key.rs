//! What tells people apart: an address, and where several share one, which of them.

use super::record::Person;
use crate::mail::address::AddrSpec;
use serde::{Deserialize, Serialize};

/// `amina@campus.example`, and `amina@campus.example#2` for the second person of a shared
/// address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(pub String);

/// A second address of somebody: mail from it is theirs, letters go to the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    pub address: AddrSpec,
    pub of: AddrSpec,
}

impl From<&AddrSpec> for PersonKey {
    /// The first person of an address.
    fn from(address: &AddrSpec) -> Self {
        Self(address.key())
    }
}

impl From<&Person> for PersonKey {
    fn from(person: &Person) -> Self {
        match person.nth {
            0 => Self(person.address.key()),
            nth => Self(format!("{}#{nth}", person.address.key())),
        }
    }
}

impl From<&PersonKey> for PersonKey {
    fn from(key: &PersonKey) -> Self {
        key.clone()
    }
}
