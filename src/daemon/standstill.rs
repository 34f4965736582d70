//! Waiting for the end of a standstill that an operator has ordered.

use super::Fault;
use super::desk::Desk;
use crate::program::standstill;

/// Whether everything stands still.
pub(super) fn is_on(desk: &Desk) -> Result<bool, Fault> {
    Ok(desk.read(|view| standstill::since(view).is_some())?)
}

/// Waits while everything stands still. Its row is looked at after the bell has been taken hold of: no ringing is
/// missed.
pub(super) async fn ends(desk: &Desk) -> Result<(), Fault> {
    loop {
        let mut rung = std::pin::pin!(desk.hurry.notified());
        rung.as_mut().enable();
        if !is_on(desk)? {
            return Ok(());
        }
        rung.await;
    }
}
