//! What a mail is: bytes ↔ values of the RFCs.
//!
//! Nothing here opens a socket, reads a clock or knows what an advisor is.

pub mod address;
pub mod automatic;
pub mod compose;
pub mod delivery;
pub mod form;
pub mod html;
pub mod inbound;
pub mod message_id;
pub mod reply;
pub mod report;
