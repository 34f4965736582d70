//! What a mail is: bytes ↔ values of the RFCs.
//!
//! Nothing here opens a socket, reads a clock or knows what an advisor is.

mod acknowledgement;
pub mod address;
mod armour;
mod attribution;
pub mod authentication;
mod authentication_results;
pub mod automatic;
mod body;
mod charset;
pub mod compose;
mod date_time;
mod dead_address;
pub mod delivery;
mod encoded_word;
mod entity;
pub mod event;
mod feedback;
mod field;
mod flowed;
pub mod fold;
pub mod form;
mod form_closing;
mod form_footer;
#[cfg(test)]
mod form_layout_tests;
mod header;
mod header_words;
pub mod html;
pub mod inbound;
mod layout;
mod mailboxes;
pub mod message_id;
mod parameter;
mod pkcs7;
mod quotation;
pub mod reply;
pub mod report;
mod report_recipients;
mod report_text;
mod report_words;
mod responder;
pub mod sent;
mod signature;
mod signature_words;
mod source;
pub(crate) mod subject;
mod tag;
mod transfer;
mod typed_address;
mod visible;
mod wrote_words;
