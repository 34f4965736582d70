//! What a mail is: bytes ↔ values of the RFCs.
//!
//! Nothing here opens a socket, reads a clock or knows what an advisor is.

pub mod address;
pub mod authentication;
pub mod automatic;
mod body;
pub mod compose;
mod dead_address;
pub mod delivery;
mod field;
pub mod fold;
pub mod form;
mod header;
pub mod html;
pub mod inbound;
pub mod message_id;
mod quotation;
pub mod reply;
pub mod report;
mod report_recipients;
mod report_text;
pub mod sent;
mod signature;
mod source;
mod tag;
