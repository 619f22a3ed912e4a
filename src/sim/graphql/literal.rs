//! Values written in a document: whether they fit a type, and what they are once variables are known.

use super::schema::{Schema, base};
use async_graphql_parser::types::{BaseType, Type, TypeKind};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

/// Whether the literal fits the type; variables inside are handed to `found` with the type of their place, and whether
/// the place has a default.
pub(super) fn fits<'a>(schema: &Schema, ty: &Type, value: &'a Literal, found: &mut dyn FnMut(&'a str, &Type)) -> bool {
    match (value, &ty.base) {
        (Literal::Variable(name), _) => {
            found(name, ty);
            true
        }
        (Literal::Null, _) => ty.nullable,
        (Literal::List(items), BaseType::List(item)) => {
            // Not `all`: variables of every item are found.
            items.iter().filter(|it| !fits(schema, item, it, found)).count() == 0
        }
        (Literal::List(_), BaseType::Named(_)) => false,
        (one, BaseType::List(item)) => fits(schema, item, one, found),
        (one, BaseType::Named(name)) => match (schema.kind(name), one) {
            (Some(TypeKind::InputObject(input)), Literal::Object(given)) => {
                let known = given.iter().filter(|(name, value)| {
                    let field = input.fields.iter().find(|field| field.node.name.node == **name);
                    field.is_some_and(|field| fits(schema, &field.node.ty.node, value, found))
                });
                known.count() == given.len()
                    && input.fields.iter().all(|field| {
                        let needed = !field.node.ty.node.nullable && field.node.default_value.is_none();
                        !needed || given.contains_key(&field.node.name.node)
                    })
            }
            (Some(TypeKind::Enum(values)), Literal::Enum(given)) => {
                values.values.iter().any(|it| it.node.value.node == *given)
            }
            (Some(TypeKind::Scalar), one) => scalar(base(ty), one),
            _ => false,
        },
    }
}

fn scalar(name: &str, value: &Literal) -> bool {
    match (name, value) {
        ("Int", Literal::Number(number)) => number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        ("Float", Literal::Number(_)) | ("Boolean", Literal::Boolean(_)) => true,
        ("ID", Literal::Number(number)) => number.as_i64().is_some(),
        ("Int" | "Float" | "Boolean", _) => false,
        (_, Literal::String(_)) => true,
        _ => false,
    }
}

/// The literal as JSON. Variables that were not given leave their place out; `None` when that is the whole value.
pub(super) fn to_json(value: &Literal, variables: &Map<String, Value>) -> Option<Value> {
    Some(match value {
        Literal::Variable(name) => variables.get(name.as_str())?.clone(),
        Literal::Null | Literal::Binary(_) => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => text.as_str().into(),
        Literal::Boolean(flag) => (*flag).into(),
        Literal::Enum(name) => name.as_str().into(),
        Literal::List(items) => {
            items.iter().map(|item| to_json(item, variables).unwrap_or(Value::Null)).collect::<Vec<_>>().into()
        }
        Literal::Object(fields) => fields
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), to_json(value, variables)?)))
            .collect::<Map<_, _>>()
            .into(),
    })
}
