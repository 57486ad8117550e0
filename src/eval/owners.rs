//! The places that hold an object: what is done to it there is done to it.

use super::value::{Api, Object, Owner, Traced, Value};
use crate::project::PlaceKey;
use std::rc::Rc;

/// Places that an object remembers.
pub(crate) const OWNERS: usize = 16;

/// An object remembers one more place that holds it.
pub fn own(found: Traced, owner: &Owner) -> Traced {
    own_all(found, std::slice::from_ref(owner))
}

/// An object remembers more places that hold it, one after the other: the list is made once, however many they are.
pub(crate) fn own_all(found: Traced, owners: &[Owner]) -> Traced {
    if owners.is_empty() {
        return found;
    }
    let add = |known: &[Owner]| with_owners(known, owners);
    let value = match &found.value {
        Value::Object(object) => {
            Value::Object(Rc::new(Object { owners: add(&object.owners), ..Object::clone(object) }))
        }
        Value::Api(api) => Value::Api(Rc::new(Api { owners: add(&api.owners), ..Api::clone(api) })),
        _ => return found,
    };
    Traced { value, trail: found.trail }
}

/// Owners with more of them behind; a place that is known already counts as the later one.
pub(crate) fn with_owners(known: &[Owner], more: &[Owner]) -> Vec<Owner> {
    let mut all = known.to_vec();
    for owner in more {
        let same = |known: &Owner| known.file == owner.file && known.root == owner.root && known.path == owner.path;
        all.retain(|known| !same(known));
        if all.len() < OWNERS {
            all.push(owner.clone());
        }
    }
    all
}

/// The owners of a member's value: the member's place in each owner of the object.
pub(crate) fn owners_of_member(owners: &[Owner], key: &PlaceKey) -> Vec<Owner> {
    owners
        .iter()
        .map(|owner| {
            let mut member = owner.clone();
            member.path.push(key.clone());
            member
        })
        .collect()
}
