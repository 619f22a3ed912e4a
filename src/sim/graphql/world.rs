//! What the executor asks of the simulated state: one field of one thing at a time.

use serde_json::{Map, Value};

/// The simulated state, as GraphQL sees it. The executor has checked before it asks: the type has the field, the
/// arguments are the declared ones with the right types, defaults filled in. It checks after: an answer that
/// `schema.graphql` does not allow is an error of kind `SIMULATION`, so mistakes of the state are loud.
///
/// A state that changes with mutations is behind a lock or a cell: all methods take `&self`.
pub(in crate::sim) trait World {
    /// A field of `Query`: `repository`, `viewer`, `node`, `nodes`, `rateLimit`.
    /// What the token may not see is [`Resolved::not_found`], as at GitHub.
    fn query(&self, field: &str, args: &Args) -> Resolved;

    /// A field of `Mutation`; `args.within("input")` has its input. The payload is best a [`Resolved::Record`]:
    /// `Resolved::record("ResolveReviewThreadPayload", [("thread", thread.into())])`. `clientMutationId` is
    /// answered by the executor. Mutations of one document run in order.
    fn mutate(&self, field: &str, args: &Args) -> Resolved;

    /// A field of a thing that an earlier answer named. `__typename`, and everything of connections, edges and
    /// `PageInfo`, is answered by the executor; fields of a [`Resolved::Record`] come from the record.
    /// The meaning of a field is a comment in `schema.graphql`. The last arm is `_ => Resolved::Unsupported`.
    fn field(&self, object: &Object, name: &str, args: &Args) -> Resolved;
}

/// A thing in the state: its concrete type (`"Bot"`, never `"Actor"`) and whatever finds it again.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sim) struct Object {
    pub(in crate::sim) type_name: &'static str,
    /// Chosen by the state, not shown to clients except inside cursors.
    pub(in crate::sim) key: Value,
}

impl Object {
    pub(in crate::sim) fn new(type_name: &'static str, key: impl Into<Value>) -> Self {
        Self { type_name, key: key.into() }
    }
}

/// An answer to one field.
#[derive(Debug, Clone)]
pub(in crate::sim) enum Resolved {
    Null,
    /// A leaf: text, number, boolean; enum values as text; `BigInt` (every `fullDatabaseId`) as text.
    Scalar(Value),
    /// A thing whose fields the executor asks for next.
    Object(Object),
    /// A thing without a name of its own, all fields given: a mutation's payload, `RateLimit`, `GitActor`, an
    /// annotation. A field that is asked for and not given is as [`Resolved::Unsupported`].
    Record(&'static str, Vec<(&'static str, Resolved)>),
    /// A list that is not a connection: `Tree.entries`, `Status.contexts`, `nodes(ids)`.
    List(Vec<Resolved>),
    /// All nodes of a connection, in GitHub's order (oldest first unless the field's comment says otherwise) and
    /// filtered by the arguments other than `first`, `after`, `last`, `before`, which are the executor's.
    Connection(Vec<Resolved>),
    /// GitHub's refusal: the field is null and the error has this `type`.
    Error {
        kind: &'static str,
        message: String,
    },
    /// The schema has the field, the state does not answer it yet.
    Unsupported,
}

impl Resolved {
    pub(in crate::sim) fn scalar(value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => Self::Null,
            value => Self::Scalar(value),
        }
    }

    pub(in crate::sim) fn object(type_name: &'static str, key: impl Into<Value>) -> Self {
        Self::Object(Object::new(type_name, key))
    }

    pub(in crate::sim) fn record<const N: usize>(type_name: &'static str, fields: [(&'static str, Self); N]) -> Self {
        Self::Record(type_name, fields.into())
    }

    pub(in crate::sim) fn connection(nodes: impl IntoIterator<Item = Object>) -> Self {
        Self::Connection(nodes.into_iter().map(Self::Object).collect())
    }

    /// "Could not resolve to a Repository with the name 'octo/demo'."
    pub(in crate::sim) fn not_found(type_name: &str, with: &str) -> Self {
        Self::Error { kind: "NOT_FOUND", message: format!("Could not resolve to a {type_name} with {with}.") }
    }

    /// "Resource not accessible by integration": what an app without the permission hears.
    pub(in crate::sim) fn forbidden() -> Self {
        Self::Error { kind: "FORBIDDEN", message: "Resource not accessible by integration".to_owned() }
    }
}

impl From<Object> for Resolved {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<T: Into<Self>> From<Option<T>> for Resolved {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Arguments of a field, or the fields of an input object. An argument that was left out and has no default is
/// absent; one that was given as null is there and null; the getters read both as `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::sim) struct Args(pub(super) Map<String, Value>);

impl Args {
    pub(in crate::sim) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A string, an id or an enum value. Ids may be written as numbers: those are not text here.
    pub(in crate::sim) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(in crate::sim) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A list of strings, ids or enum values; empty when it was not given.
    pub(in crate::sim) fn texts(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            // GraphQL takes one value for a list of one.
            Some(Value::String(item)) => vec![item],
            _ => Vec::new(),
        }
    }

    /// The fields of an input object (`input`, `filterBy`); none when it was not given.
    pub(in crate::sim) fn within(&self, name: &str) -> Self {
        Self(self.get(name).and_then(Value::as_object).cloned().unwrap_or_default())
    }
}
