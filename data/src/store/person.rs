//! The encoding of a person.

use super::unit::Record;
use super::{StoreError, Tree, Value, codec};
use crate::person::Person;

const VERSION: u8 = 1;

impl Record for Person {
    const TREE: Tree = Tree::People;

    fn encode(&self) -> Value {
        codec::seal(VERSION, self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        codec::open("person", VERSION, bytes)
    }
}
