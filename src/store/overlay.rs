//! What an input of a group sees: the store, and over it what the inputs before it have changed.

use super::{Store, StoreError};
use crate::program::View;
use crate::program::batch::Change;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// The view of one group, for one thread. What it reads is only worth something while
/// [`GroupView::take_fault`] finds none.
pub struct GroupView<'a> {
    store: &'a dyn Store,
    /// None is a deleted row.
    overlay: BTreeMap<String, Option<String>>,
    /// The first one: what follows it may come of it.
    fault: RefCell<Option<StoreError>>,
}

impl<'a> GroupView<'a> {
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store, overlay: BTreeMap::new(), fault: RefCell::new(None) }
    }

    /// What was decided, to be seen by the next input of the group.
    pub fn apply(&mut self, changes: &[Change]) {
        let changes = changes.iter().cloned();
        self.overlay.extend(changes.map(|change| (change.key, change.value)));
    }

    /// What went wrong since it was last asked: the decision made meanwhile is to be thrown away.
    pub fn take_fault(&self) -> Option<StoreError> {
        self.fault.borrow_mut().take()
    }

    /// What the group changes: one change a row, the last, in the order of keys.
    pub fn into_changes(self) -> Vec<Change> {
        self.overlay.into_iter().map(|(key, value)| Change { key, value }).collect()
    }

    fn remember(&self, fault: StoreError) {
        self.fault.borrow_mut().get_or_insert(fault);
    }

    fn or_remember<T: Default>(&self, read: Result<T, StoreError>) -> T {
        read.unwrap_or_else(|fault| {
            self.remember(fault);
            T::default()
        })
    }

    fn changed(&self, prefix: &str) -> impl Iterator<Item = (&String, &Option<String>)> {
        let from = self.overlay.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        from.take_while(move |(key, _)| key.starts_with(prefix))
    }
}

impl View for GroupView<'_> {
    fn get(&self, key: &str) -> Option<String> {
        match self.overlay.get(key) {
            Some(value) => value.clone(),
            None => self.or_remember(self.store.get(key)),
        }
    }

    fn range(&self, prefix: &str) -> Vec<(String, String)> {
        let stored = self.or_remember(self.store.range(prefix, usize::MAX));
        if self.changed(prefix).next().is_none() {
            return stored;
        }
        let mut rows: BTreeMap<String, Option<String>> =
            stored.into_iter().map(|(key, value)| (key, Some(value))).collect();
        rows.extend(self.changed(prefix).map(|(key, value)| (key.clone(), value.clone())));
        rows.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    fn first(&self, prefix: &str, limit: usize) -> Vec<(String, String)> {
        if self.changed(prefix).next().is_none() {
            return self.or_remember(self.store.range(prefix, limit));
        }
        let mut rows = self.range(prefix);
        rows.truncate(limit);
        rows
    }

    fn fault(&self, key: &str, why: &str) {
        self.remember(StoreError::Unusable(format!(
            "the row {key} cannot be understood ({why}): \
             if a newer soundingboard wrote it, run that one; else restore a backup"
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::record::Timestamp;
    use crate::store::Group;
    use crate::store::memory::Memory;
    use proptest::prelude::*;

    /// Cannot be read.
    struct Broken;

    impl Store for Broken {
        fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
            Err(StoreError::IndexRebuilt { why: format!("get {key}") })
        }
        fn range(&self, prefix: &str, _: usize) -> Result<Vec<(String, String)>, StoreError> {
            Err(StoreError::IndexRebuilt { why: format!("range {prefix}") })
        }
        fn commit(&self, _: &Group) -> Result<(), StoreError> {
            Err(StoreError::Unusable("broken".to_owned()))
        }
        fn latest(&self) -> Option<Timestamp> {
            None
        }
    }

    fn put(key: &str, value: &str) -> Change {
        Change { key: key.to_owned(), value: Some(value.to_owned()) }
    }

    #[test]
    fn the_first_fault_is_remembered_until_it_is_taken() {
        let mut view = GroupView::new(&Broken);
        view.apply(&[put("a/2", "{}")]);
        assert!(view.take_fault().is_none());
        assert_eq!(view.get("a/2").as_deref(), Some("{}"), "what the group itself wrote needs no store");
        assert!(view.take_fault().is_none());
        assert_eq!(view.get("a/1"), None);
        assert_eq!(view.range("a/").len(), 1);
        view.fault("a/2", "no field name");
        let fault = view.take_fault().unwrap();
        assert!(matches!(fault, StoreError::IndexRebuilt { why } if why == "get a/1"));
        assert!(view.take_fault().is_none());
    }

    #[test]
    fn a_row_that_is_not_understood_is_named() {
        let store = Memory::new();
        let view = GroupView::new(&store);
        view.fault("person/a@x", "missing field `name`");
        let fault = view.take_fault().unwrap().to_string();
        assert!(fault.contains("person/a@x") && fault.contains("missing field `name`"), "{fault}");
    }

    /// Few keys, some the beginning of others, so that changes meet.
    fn change() -> impl Strategy<Value = Change> {
        let key = prop::sample::select(vec!["a/", "a/1", "a/10", "a/2", "b/1", "b/1/x", "c/ü", "c/z"]);
        let value = prop::option::weighted(0.7, 0..100u32);
        (key, value).prop_map(|(key, value)| Change {
            key: key.to_owned(),
            value: value.map(|n| format!("{{\"v\":{n}}}")),
        })
    }

    fn model_apply(model: &mut BTreeMap<String, String>, changes: &[Change]) {
        for Change { key, value } in changes {
            match value {
                Some(value) => model.insert(key.clone(), value.clone()),
                None => model.remove(key),
            };
        }
    }

    proptest! {
        #[test]
        fn store_and_overlay_together_are_one_ordered_map(
            stored in prop::collection::vec(change(), 0..12),
            inputs in prop::collection::vec(prop::collection::vec(change(), 0..5), 0..4),
            prefix in prop::sample::select(vec!["", "a", "a/", "a/1", "b/1", "c/", "d"]),
        ) {
            let at = Timestamp::UNIX_EPOCH;
            let store = Memory::new();
            store.commit(&Group { at, notes: vec![], changes: stored.clone() }).unwrap();
            let mut model = BTreeMap::new();
            model_apply(&mut model, &stored);
            let mut view = GroupView::new(&store);
            for input in &inputs {
                view.apply(input);
                model_apply(&mut model, input);
                let expected: Vec<_> = model.clone().into_iter().filter(|(k, _)| k.starts_with(prefix)).collect();
                prop_assert_eq!(view.range(prefix), expected);
                for key in ["a/", "a/1", "a/10", "b/1", "c/ü", "d/1"] {
                    prop_assert_eq!(view.get(key), model.get(key).cloned());
                }
            }
            store.commit(&Group { at, notes: vec![], changes: view.into_changes() }).unwrap();
            prop_assert_eq!(store.range("", usize::MAX).unwrap(), model.into_iter().collect::<Vec<_>>());
        }
    }
}
