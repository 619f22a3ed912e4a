//! Variables: what the request gave, held against what the operation declares.

use super::answer::Problem;
use super::schema::Schema;
use async_graphql_parser::types::{BaseType, OperationDefinition, Type, TypeKind};
use serde_json::{Map, Value, json};

/// The variables of the operation: given ones that fit their types, defaults for the others; those that were not given
/// and have no default are absent.
///
/// # Errors
/// One for every variable whose value does not fit. Values for variables that are not declared are ignored, as at GitHub.
pub(super) fn collect(
    schema: &Schema,
    operation: &OperationDefinition,
    given: &Value,
) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut variables = Map::new();
    let mut problems = Vec::new();
    for definition in &operation.variable_definitions {
        let (name, ty) = (definition.node.name.node.as_str(), &definition.node.var_type.node);
        let default = definition.node.default_value.as_ref();
        let value = match (given.get(name), default) {
            (Some(value), _) => Some(value.clone()),
            (None, Some(default)) => default.node.clone().into_json().ok(),
            (None, None) => None,
        };
        if let Err(explanation) = fits(schema, ty, value.as_ref().unwrap_or(&Value::Null)) {
            let message = format!("Variable ${name} of type {ty} was provided invalid value");
            let problem = json!({ "path": [], "explanation": explanation });
            problems.push(
                Problem::new(message).at(definition.pos).extensions(json!({ "value": value, "problems": [problem] })),
            );
        } else if let Some(value) = value {
            variables.insert(name.to_owned(), value);
        }
    }
    if problems.is_empty() { Ok(variables) } else { Err(problems) }
}

/// Whether JSON fits a type; the error is graphql-ruby's explanation.
fn fits(schema: &Schema, ty: &Type, value: &Value) -> Result<(), String> {
    if value.is_null() {
        return if ty.nullable { Ok(()) } else { Err("Expected value to not be null".to_owned()) };
    }
    let name = match (&ty.base, value) {
        (BaseType::List(item), Value::Array(items)) => {
            return items.iter().try_for_each(|value| fits(schema, item, value));
        }
        (BaseType::List(item), one) => return fits(schema, item, one),
        (BaseType::Named(name), _) => name.as_str(),
    };
    match (schema.kind(name), value) {
        (Some(TypeKind::InputObject(input)), Value::Object(given)) => {
            for field in given.keys() {
                if !input.fields.iter().any(|it| it.node.name.node == field.as_str()) {
                    return Err(format!("Field is not defined on {name}"));
                }
            }
            input.fields.iter().map(|it| &it.node).try_for_each(|field| {
                let value = given.get(field.name.node.as_str());
                if value.is_none() && field.default_value.is_some() {
                    return Ok(());
                }
                fits(schema, &field.ty.node, value.unwrap_or(&Value::Null))
            })
        }
        (Some(TypeKind::Enum(values)), Value::String(given)) => {
            let names: Vec<&str> = values.values.iter().map(|it| it.node.value.node.as_str()).collect();
            let expected = || format!("Expected \"{given}\" to be one of: {}", names.join(", "));
            if names.contains(&given.as_str()) { Ok(()) } else { Err(expected()) }
        }
        (Some(TypeKind::Scalar), value) if scalar(name, value) => Ok(()),
        _ => Err(format!("Could not coerce value {value} to {name}")),
    }
}

/// Whether JSON fits a scalar. Own scalars of GitHub (`DateTime`, `URI`, `BigInt`...) travel as text.
pub(super) fn scalar(name: &str, value: &Value) -> bool {
    match name {
        "Int" => value.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64(),
        _ => value.is_string(),
    }
}
