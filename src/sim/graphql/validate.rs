//! What graphql-ruby refuses before it runs anything, with its messages and codes: fields, arguments, selections,
//! fragments, directives and variables that the schema or the document does not have.

use super::answer::Problem;
use super::literal;
use super::schema::{Schema, base};
use async_graphql_parser::types::{
    BaseType, Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{Name, Value as Literal};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Everything wrong with the document; empty when it may run.
pub(super) fn check(schema: &Schema, document: &ExecutableDocument) -> Vec<Problem> {
    let mut checker = Checker { schema, document, problems: Vec::new(), path: Vec::new() };
    let mut used = BTreeSet::new();
    for (name, operation) in document.operations.iter() {
        let at = operation.pos;
        let operation = &operation.node;
        checker.path = vec![title(name, operation.ty).into()];
        let mut inside = checker.definition(root(operation.ty), &operation.selection_set.node);
        checker.with_fragments(&mut inside);
        checker.variables(name, operation, at, &inside);
        used.append(&mut inside.spreads);
    }
    for (name, fragment) in &document.fragments {
        checker.path = vec![format!("fragment {name}").into()];
        let on = &fragment.node.type_condition.node.on;
        if checker.condition(on) {
            checker.definition(on.node.as_str(), &fragment.node.selection_set.node);
        }
        if !used.contains(name.as_str()) {
            let problem = Problem::new(format!("Fragment {name} was defined, but not used"));
            checker.refuse(problem, fragment.pos, "useAndDefineFragment", json!({ "fragmentName": name }));
        }
    }
    checker.problems
}

/// The type that an operation's fields are of.
pub(super) fn root(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

fn title(name: Option<&Name>, ty: OperationType) -> String {
    name.map_or_else(|| ty.to_string(), |name| format!("{ty} {name}"))
}

struct Checker<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    problems: Vec<Problem>,
    path: Vec<Value>,
}

/// What one operation or fragment names, itself first and then through its fragments.
#[derive(Default)]
struct Inside {
    spreads: BTreeSet<String>,
    uses: Vec<Use>,
}

/// A variable in its place.
struct Use {
    variable: String,
    argument: String,
    ty: Type,
    /// Whether the place has a default of its own.
    default: bool,
    at: Pos,
    path: Vec<Value>,
}

impl<'a> Checker<'a> {
    fn refuse(&mut self, problem: Problem, at: Pos, code: &str, names: Value) {
        let mut extensions = json!({ "code": code });
        if let (Some(all), Value::Object(names)) = (extensions.as_object_mut(), names) {
            all.extend(names);
        }
        self.problems.push(problem.path(&self.path).at(at).extensions(extensions));
    }

    fn definition(&mut self, on: &str, set: &'a SelectionSet) -> Inside {
        let mut inside = Inside::default();
        self.selections(on, set, &mut inside);
        inside
    }

    fn selections(&mut self, on: &str, set: &'a SelectionSet, inside: &mut Inside) {
        for item in &set.items {
            let depth = self.path.len();
            match &item.node {
                Selection::Field(field) => {
                    self.path.push(field.node.response_key().node.as_str().into());
                    self.directives(&field.node.directives, inside);
                    self.field(on, field, inside);
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|it| &it.node.on);
                    let name = condition.map_or("...".to_owned(), |it| format!("... on {}", it.node));
                    self.path.push(name.into());
                    self.directives(&fragment.node.directives, inside);
                    if condition.is_none_or(|it| self.condition(it)) {
                        let to = condition.map_or(on, |it| it.node.as_str());
                        self.spread(on, to, None, item.pos);
                        self.selections(to, &fragment.node.selection_set.node, inside);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    self.path.push(format!("... {name}").into());
                    self.directives(&spread.node.directives, inside);
                    inside.spreads.insert(name.to_string());
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.spread(on, fragment.node.type_condition.node.on.node.as_str(), Some(name), item.pos);
                    } else {
                        let problem = Problem::new(format!("Fragment {name} was used, but not defined"));
                        self.refuse(problem, item.pos, "useAndDefineFragment", json!({ "fragmentName": name }));
                    }
                }
            }
            self.path.truncate(depth);
        }
    }

    /// Whether the type of a fragment exists and has fields.
    fn condition(&mut self, on: &Positioned<Name>) -> bool {
        if self.schema.is_composite(&on.node) {
            return true;
        }
        let problem = Problem::new(format!("No such type {}, so it can't be a fragment condition", on.node));
        self.refuse(problem, on.pos, "undefinedType", json!({ "typeName": on.node }));
        false
    }

    fn spread(&mut self, inside: &str, of: &str, name: Option<&Name>, at: Pos) {
        if self.schema.is_composite(of) && !self.schema.overlap(inside, of) {
            let what = name.map_or("Fragment".to_owned(), |name| format!("Fragment {name}"));
            let problem = Problem::new(format!("{what} on {of} can't be spread inside {inside}"));
            let names =
                json!({ "typeName": of, "fragmentName": name.map_or("unknown", Name::as_str), "parentName": inside });
            self.refuse(problem, at, "cannotSpreadFragment", names);
        }
    }

    fn field(&mut self, on: &str, field: &'a Positioned<Field>, inside: &mut Inside) {
        let (at, field) = (field.pos, &field.node);
        let name = field.name.node.as_str();
        if name == "__typename" {
            return;
        }
        let Some(definition) = self.schema.field(on, name) else {
            let problem = Problem::new(format!("Field '{name}' doesn't exist on type '{on}'"));
            self.refuse(problem, at, "undefinedField", json!({ "typeName": on, "fieldName": name }));
            return;
        };
        let declared: Vec<(&str, &Type, bool)> = definition
            .arguments
            .iter()
            .map(|it| (it.node.name.node.as_str(), &it.node.ty.node, it.node.default_value.is_some()))
            .collect();
        self.arguments("Field", name, &field.arguments, &declared, at, inside);
        let of = base(&definition.ty.node);
        let ty = &definition.ty.node;
        let items = &field.selection_set.node.items;
        if items.is_empty() && !self.schema.is_leaf(of) {
            let message = format!(
                "Field must have selections (field '{name}' returns {of} but has no selections. Did you mean '{name} {{ ... }}'?)"
            );
            let names = json!({ "nodeName": format!("field '{name}'"), "typeName": ty.to_string() });
            self.refuse(Problem::new(message), at, "selectionMismatch", names);
        } else if !items.is_empty() && self.schema.is_leaf(of) {
            let message =
                format!("Selections can't be made on scalars (field '{name}' returns {of} but has selections)");
            let names = json!({ "nodeName": format!("field '{name}'"), "typeName": ty.to_string() });
            self.refuse(Problem::new(message), at, "selectionMismatch", names);
        } else {
            self.selections(of, &field.selection_set.node, inside);
        }
    }

    fn directives(&mut self, directives: &'a [Positioned<Directive>], inside: &mut Inside) {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            if !["include", "skip"].contains(&name) {
                let problem = Problem::new(format!("Directive @{name} is not defined"));
                self.refuse(problem, directive.pos, "undefinedDirective", json!({ "directiveName": name }));
                continue;
            }
            let flag = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
            let declared = [("if", &flag, false)];
            self.arguments("Directive", name, &directive.node.arguments, &declared, directive.pos, inside);
        }
    }

    fn arguments(
        &mut self,
        kind: &str,
        of: &str,
        given: &'a [(Positioned<Name>, Positioned<Literal>)],
        declared: &[(&str, &Type, bool)],
        at: Pos,
        inside: &mut Inside,
    ) {
        for (name, value) in given {
            let argument = name.node.as_str();
            self.path.push(argument.into());
            if let Some((_, ty, default)) = declared.iter().find(|(known, ..)| *known == argument) {
                let path = &self.path;
                let uses = &mut inside.uses;
                let mut found = |variable: &str, place: &Type| {
                    uses.push(Use {
                        variable: variable.to_owned(),
                        argument: argument.to_owned(),
                        ty: place.clone(),
                        default: *default && place == *ty,
                        at: value.pos,
                        path: path.clone(),
                    });
                };
                if !literal::fits(self.schema, ty, &value.node, &mut found) {
                    let message = format!(
                        "Argument '{argument}' on {kind} '{of}' has an invalid value ({}). Expected type '{ty}'.",
                        value.node
                    );
                    let names = json!({ "typeName": kind, "argumentName": argument });
                    self.refuse(Problem::new(message), at, "argumentLiteralsIncompatible", names);
                }
            } else {
                let problem = Problem::new(format!("{kind} '{of}' doesn't accept argument '{argument}'"));
                let names = json!({ "name": of, "typeName": kind, "argumentName": argument });
                self.refuse(problem, name.pos, "argumentNotAccepted", names);
            }
            self.path.pop();
        }
        let missing: Vec<&str> = declared
            .iter()
            .filter(|(name, ty, default)| !ty.nullable && !default && given.iter().all(|(it, _)| it.node != *name))
            .map(|(name, ..)| *name)
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let problem = Problem::new(format!("{kind} '{of}' is missing required arguments: {missing}"));
            let names = json!({ "className": kind, "name": of, "arguments": missing });
            self.refuse(problem, at, "missingRequiredArguments", names);
        }
    }

    /// Adds what the fragments name, and complains of circles.
    fn with_fragments(&mut self, inside: &mut Inside) {
        let mut waiting: Vec<String> = inside.spreads.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            let Some(fragment) = self.document.fragments.get(name.as_str()) else { continue };
            // Only the names are wanted: every fragment is checked once, in `check`.
            let (problems, path) = (std::mem::take(&mut self.problems), self.path.clone());
            self.path = vec![format!("fragment {name}").into()];
            let on = fragment.node.type_condition.node.on.node.as_str();
            let mut deeper = self.definition(on, &fragment.node.selection_set.node);
            (self.problems, self.path) = (problems, path);
            if self.reaches(&deeper.spreads, &name, &mut BTreeSet::new()) {
                let problem = Problem::new(format!("Fragment {name} contains an infinite loop"));
                self.refuse(problem, fragment.pos, "infiniteLoop", json!({ "fragmentName": name }));
            }
            inside.uses.append(&mut deeper.uses);
            for spread in deeper.spreads {
                if inside.spreads.insert(spread.clone()) {
                    waiting.push(spread);
                }
            }
        }
    }

    fn reaches(&self, from: &BTreeSet<String>, target: &str, seen: &mut BTreeSet<String>) -> bool {
        from.iter().any(|name| {
            name == target
                || seen.insert(name.clone())
                    && self.document.fragments.get(name.as_str()).is_some_and(|fragment| {
                        let mut names = BTreeSet::new();
                        spreads(&fragment.node.selection_set.node, &mut names);
                        self.reaches(&names, target, seen)
                    })
        })
    }

    fn variables(&mut self, name: Option<&Name>, operation: &OperationDefinition, at: Pos, inside: &Inside) {
        let who = name.map_or_else(|| format!("anonymous {}", operation.ty), ToString::to_string);
        for definition in &operation.variable_definitions {
            let variable = definition.node.name.node.as_str();
            let ty = &definition.node.var_type.node;
            if self.schema.inputs(base(ty)).is_none() && !self.schema.is_leaf(base(ty)) {
                let problem = Problem::new(format!("{} isn't a defined input type (on ${variable})", base(ty)));
                let names = json!({ "typeName": base(ty), "variableName": variable });
                self.refuse(problem, definition.pos, "variableRequiresValidType", names);
            }
            if !inside.uses.iter().any(|it| it.variable == variable) {
                let problem = Problem::new(format!("Variable ${variable} is declared by {who} but not used"));
                self.refuse(problem, at, "variableNotUsed", json!({ "variableName": variable }));
            }
        }
        for used in &inside.uses {
            let declared = operation.variable_definitions.iter().find(|it| it.node.name.node == *used.variable);
            let names = json!({ "variableName": used.variable });
            let path = std::mem::replace(&mut self.path, used.path.clone());
            if let Some(declared) = declared {
                let default = declared.node.default_value.is_some();
                self.mismatch(used, &declared.node.var_type.node, default);
            } else {
                let problem = Problem::new(format!("Variable ${} is used by {who} but not declared", used.variable));
                self.refuse(problem, used.at, "variableNotDefined", names);
            }
            self.path = path;
        }
    }

    fn mismatch(&mut self, used: &Use, declared: &Type, default: bool) {
        let mut declared = declared.clone();
        if declared.nullable && (default || used.default) {
            declared.nullable = false;
        }
        let Some(reason) = misfit(&declared, &used.ty) else { return };
        let (variable, argument, place) = (&used.variable, &used.argument, &used.ty);
        let text = format!("{reason} mismatch on variable ${variable} and argument {argument} ({declared} / {place})");
        let names = json!({
            "variableName": variable,
            "typeName": declared.to_string(),
            "argumentName": argument,
            "errorMessage": format!("{reason} mismatch"),
        });
        self.refuse(Problem::new(text), used.at, "variableMismatch", names);
    }
}

/// Why a variable of one type does not go where the other is expected.
fn misfit(variable: &Type, place: &Type) -> Option<&'static str> {
    let inner = match (&variable.base, &place.base) {
        (BaseType::Named(one), BaseType::Named(other)) => (one != other).then_some("Type"),
        (BaseType::List(one), BaseType::List(other)) => misfit(one, other),
        _ => Some("List dimension"),
    };
    inner.or((variable.nullable && !place.nullable).then_some("Nullability"))
}

fn spreads(set: &SelectionSet, into: &mut BTreeSet<String>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => spreads(&field.node.selection_set.node, into),
            Selection::InlineFragment(fragment) => spreads(&fragment.node.selection_set.node, into),
            Selection::FragmentSpread(spread) => {
                into.insert(spread.node.fragment_name.node.to_string());
            }
        }
    }
}
