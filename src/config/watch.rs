//! `[watch]`: what may be seen of the running daemon from outside.

use super::reader::Table;

/// Where metrics and health are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// A port of 127.0.0.1; None where nobody asks.
    pub port: Option<u16>,
}

pub(super) fn watch(root: &Table<'_, '_>) -> Watch {
    let table = root.table("watch");
    let port = table.number("port", 0_u16, 0..=u16::MAX);
    table.finish();
    Watch { port: (port != 0).then_some(port) }
}
