//! The table of what is simulated: `schema.graphql`, read once.

use async_graphql_parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql_parser::{Positioned, parse_schema};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Scalars that GraphQL has by itself.
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// Types by name.
#[derive(Debug)]
pub(super) struct Schema {
    types: HashMap<String, TypeKind>,
}

impl Schema {
    /// The one schema of the simulation.
    pub(super) fn github() -> &'static Self {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| Self::parse(include_str!("schema.graphql")))
    }

    fn parse(text: &str) -> Self {
        let document = parse_schema(text).expect("schema.graphql is a part of the program and a test reads it");
        let mut types: HashMap<String, TypeKind> =
            BUILT_IN.iter().map(|name| ((*name).to_owned(), TypeKind::Scalar)).collect();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(ty) = definition {
                types.insert(ty.node.name.node.to_string(), ty.node.kind);
            }
        }
        Self { types }
    }

    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    pub(super) fn kind(&self, type_name: &str) -> Option<&TypeKind> {
        self.types.get(type_name)
    }

    /// The fields of an object or an interface; none of anything else.
    pub(super) fn fields(&self, type_name: &str) -> &[Positioned<FieldDefinition>] {
        match self.kind(type_name) {
            Some(TypeKind::Object(object)) => &object.fields,
            Some(TypeKind::Interface(interface)) => &interface.fields,
            _ => &[],
        }
    }

    pub(super) fn field(&self, type_name: &str, field: &str) -> Option<&FieldDefinition> {
        self.fields(type_name).iter().map(|it| &it.node).find(|it| it.name.node == field)
    }

    /// The fields of an input object.
    pub(super) fn inputs(&self, type_name: &str) -> Option<&[Positioned<InputValueDefinition>]> {
        match self.kind(type_name) {
            Some(TypeKind::InputObject(input)) => Some(&input.fields),
            _ => None,
        }
    }

    /// Whether values of the type have no fields.
    pub(super) fn is_leaf(&self, type_name: &str) -> bool {
        matches!(self.kind(type_name), Some(TypeKind::Scalar | TypeKind::Enum(_)))
    }

    /// Whether a selection can be made on the type: object, interface or union.
    pub(super) fn is_composite(&self, type_name: &str) -> bool {
        matches!(self.kind(type_name), Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    /// Whether things of the concrete type `object` are of the type `of`.
    pub(super) fn is_a(&self, object: &str, of: &str) -> bool {
        object == of
            || match (self.kind(object), self.kind(of)) {
                (Some(TypeKind::Object(object)), Some(TypeKind::Interface(_))) => {
                    object.implements.iter().any(|it| it.node == of)
                }
                (_, Some(TypeKind::Union(union))) => union.members.iter().any(|it| it.node == object),
                _ => false,
            }
    }

    /// Whether some thing is of both types: a fragment on one can be spread in the other.
    pub(super) fn overlap(&self, one: &str, other: &str) -> bool {
        self.types
            .iter()
            .filter(|(_, kind)| matches!(kind, TypeKind::Object(_)))
            .any(|(object, _)| self.is_a(object, one) && self.is_a(object, other))
    }
}

/// The name inside lists.
pub(super) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(item) => base(item),
    }
}

/// GitHub names every connection so, and nothing else.
pub(super) fn is_connection(type_name: &str) -> bool {
    type_name.ends_with("Connection")
}
