//! What an advisor, a request, a reminder is: records + input + now → one batch.

pub mod batch;
pub mod command;
mod courtesy;
pub mod input;
pub mod letter;
mod line;
pub mod rank;
pub mod record;
pub mod rules;
pub mod schedule;
mod sentence;
pub mod token;
pub mod verdict;
pub mod word;
pub mod words;

/// Read access to the records, by key and by prefix.
///
/// Infallible for the rules: an implementation that cannot read remembers the fault and
/// the decision made on it is thrown away.
pub trait View {
    fn get(&self, key: &str) -> Option<String>;
    /// Rows whose key begins with `prefix`, ascending.
    fn range(&self, prefix: &str) -> Vec<(String, String)>;
    /// A row that cannot be understood.
    fn fault(&self, key: &str, why: &str);
}
