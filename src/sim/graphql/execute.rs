//! Runs an operation: asks the state field by field, and puts its answers into the shape of the document.

use super::answer::{Problem, executed, refused};
use super::connection::{self, Page};
use super::schema::{Schema, base, is_connection};
use super::world::{Args, Object, Resolved, World};
use super::{limits, literal, validate, variables};
use async_graphql_parser::types::{
    BaseType, Directive, ExecutableDocument, Field, FieldDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet, Type, TypeKind,
};
use async_graphql_parser::{Positioned, parse_query};
use serde_json::{Map, Value, json};

/// GitHub's answer to a GraphQL request: `{"data"}`, `{"data", "errors"}`, or `{"errors"}` alone when the document was
/// refused. The HTTP status is 200 in every case. `operation` is the request's `operationName`; `variables` an object
/// or null.
pub(in crate::sim) fn execute(world: &dyn World, document: &str, operation: Option<&str>, variables: &Value) -> Value {
    let schema = Schema::github();
    let document = match parse_query(document) {
        Ok(document) => document,
        Err(error) => {
            let at = error.positions().next().unwrap_or_default();
            let message = format!("Parse error at [{}, {}]", at.line, at.column);
            return refused(vec![Problem::new(message).at(at)]);
        }
    };
    let problems = validate::check(schema, &document);
    if !problems.is_empty() {
        return refused(problems);
    }
    let operation = match choose(&document, operation) {
        Ok(operation) => operation,
        Err(problem) => return refused(vec![problem]),
    };
    let variables = match variables::collect(schema, operation, variables) {
        Ok(variables) => variables,
        Err(problems) => return refused(problems),
    };
    let request = Request { schema, document: &document, variables };
    let root = validate::root(operation.ty);
    let set = &operation.selection_set.node;
    let problems = limits::check(&request, root, set);
    if !problems.is_empty() {
        return executed(Value::Null, problems);
    }
    let mut run = Run { world, request: &request, path: Vec::new(), problems: Vec::new(), conflicts: Vec::new() };
    let data = run.object(root, &Thing::Root(operation.ty), &[set]).unwrap_or(Value::Null);
    if run.conflicts.is_empty() { executed(data, run.problems) } else { refused(run.conflicts) }
}

fn choose<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, Problem> {
    let mut found = document.operations.iter().filter(|(it, _)| name.is_none() || it.map(|it| it.as_str()) == name);
    match (found.next(), found.next(), name) {
        (Some((_, operation)), None, _) if operation.node.ty != OperationType::Subscription => Ok(&operation.node),
        (Some((_, operation)), None, _) => {
            Err(Problem::new("Schema is not configured for subscriptions").at(operation.pos))
        }
        (_, _, Some(name)) => Err(Problem::new(format!("No operation named \"{name}\""))),
        _ => Err(Problem::new("An operation name is required")),
    }
}

/// What is asked: the document, with its variables known.
pub(super) struct Request<'a> {
    pub(super) schema: &'static Schema,
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: Map<String, Value>,
}

impl Request<'_> {
    /// What `@include` and `@skip` say.
    pub(super) fn wanted(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let flag = directive.node.get_argument("if").and_then(|it| literal::to_json(&it.node, &self.variables));
            (flag == Some(Value::Bool(true))) == (directive.node.name.node == "include")
        })
    }
}

/// The arguments of a field as values, with the schema's defaults.
pub(super) fn arguments(definition: &FieldDefinition, field: &Field, variables: &Map<String, Value>) -> Args {
    let mut args = Map::new();
    for declared in definition.arguments.iter().map(|it| &it.node) {
        let name = declared.name.node.as_str();
        let given = field.get_argument(name).and_then(|it| literal::to_json(&it.node, variables));
        let default = || declared.default_value.as_ref().and_then(|it| it.node.clone().into_json().ok());
        if let Some(value) = given.or_else(default) {
            args.insert(name.to_owned(), value);
        }
    }
    Args(args)
}

/// What has fields: the root, things of the state, and the parts of connections that are the executor's own.
enum Thing<'a> {
    Root(OperationType),
    Object(&'a Object),
    Record(&'a [(&'static str, Resolved)]),
    Page(&'a Page),
    Edge(&'a str, &'a Resolved),
    PageInfo(&'a Page),
}

/// An answer that is not yet a value.
enum Answer<'a> {
    World(Resolved),
    Leaf(Value),
    Things(Vec<Thing<'a>>),
    Thing(Thing<'a>),
    Nodes(&'a Page),
}

/// A null where the schema allows none: the thing around it becomes null.
struct Null;

struct Run<'a> {
    world: &'a dyn World,
    request: &'a Request<'a>,
    path: Vec<Value>,
    problems: Vec<Problem>,
    conflicts: Vec<Problem>,
}

impl<'a> Run<'a> {
    fn object(&mut self, type_name: &str, thing: &Thing<'_>, sets: &[&'a SelectionSet]) -> Result<Value, Null> {
        let mut fields = Vec::new();
        sets.iter().for_each(|set| self.collect(type_name, set, &mut fields));
        let mut out = Map::new();
        for (key, fields) in fields {
            self.path.push(key.into());
            let value = self.field(type_name, thing, &fields);
            self.path.pop();
            out.insert(key.to_owned(), value?);
        }
        Ok(Value::Object(out))
    }

    /// The fields for a thing of this type, in the order of the document; equal keys together.
    fn collect(&mut self, on: &str, set: &'a SelectionSet, into: &mut Vec<(&'a str, Vec<&'a Positioned<Field>>)>) {
        let request = self.request;
        let applies = |of: Option<&str>| of.is_none_or(|of| request.schema.is_a(on, of));
        for item in set.items.iter().filter(|item| request.wanted(item.node.directives())) {
            match &item.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|(known, _)| *known == key) {
                        None => into.push((key, vec![field])),
                        Some((_, fields)) => {
                            if let Some(problem) = conflict(&fields[0].node, &field.node) {
                                self.conflicts.push(problem.at(field.pos));
                            }
                            fields.push(field);
                        }
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if applies(fragment.node.type_condition.as_ref().map(|it| it.node.on.node.as_str())) {
                        self.collect(on, &fragment.node.selection_set.node, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = request.document.fragments.get(&spread.node.fragment_name.node)
                        && applies(Some(fragment.node.type_condition.node.on.node.as_str()))
                    {
                        self.collect(on, &fragment.node.selection_set.node, into);
                    }
                }
            }
        }
    }

    fn field(&mut self, on: &str, thing: &Thing<'_>, fields: &[&'a Positioned<Field>]) -> Result<Value, Null> {
        let field = &fields[0].node;
        let name = field.name.node.as_str();
        if name == "__typename" {
            return Ok(on.into());
        }
        let request = self.request;
        let definition = request.schema.field(on, name).expect("the document was validated");
        let args = arguments(definition, field, &request.variables);
        let answer = match thing {
            Thing::Root(OperationType::Mutation) => Answer::World(echo(self.world.mutate(name, &args), &args)),
            Thing::Root(_) => Answer::World(self.world.query(name, &args)),
            Thing::Object(object) => Answer::World(self.world.field(object, name, &args)),
            Thing::Record(given) => {
                let found = given.iter().find(|(known, _)| *known == name);
                Answer::World(found.map_or(Resolved::Unsupported, |(_, value)| value.clone()))
            }
            Thing::Page(page) => of_page(page, name),
            Thing::Edge(cursor, _) if name == "cursor" => Answer::Leaf((*cursor).into()),
            Thing::Edge(_, node) => Answer::World((*node).clone()),
            Thing::PageInfo(page) => Answer::Leaf(of_page_info(page, name)),
        };
        let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.node.selection_set.node).collect();
        let place = Place { on, name, args: &args, field: fields[0], sets: &sets };
        let ty = &definition.ty.node;
        match answer {
            Answer::World(resolved) => self.complete(ty, &resolved, &place),
            Answer::Leaf(value) => Ok(value),
            Answer::Thing(thing) => self.object(base(ty), &thing, &sets),
            Answer::Things(things) => self.items(&things, |run, thing| run.object(base(ty), thing, &sets)),
            Answer::Nodes(page) => {
                let BaseType::List(item) = &ty.base else { return Err(Null) };
                self.items(&page.nodes, |run, (_, node)| run.complete(item, node, &place))
            }
        }
    }

    fn items<T>(
        &mut self,
        items: &[T],
        mut each: impl FnMut(&mut Self, &T) -> Result<Value, Null>,
    ) -> Result<Value, Null> {
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(index.into());
            let value = each(self, item);
            self.path.pop();
            out.push(value?);
        }
        Ok(out.into())
    }

    /// The state's answer as a value of the type, or null and what to say about it.
    fn complete(&mut self, ty: &Type, answer: &Resolved, place: &Place<'_, 'a>) -> Result<Value, Null> {
        let value = match (&ty.base, answer) {
            (_, Resolved::Null) if ty.nullable => return Ok(Value::Null),
            (_, Resolved::Error { kind, message }) => {
                self.complain(place, kind, message.clone());
                Err(Null)
            }
            (_, Resolved::Unsupported) => {
                let message = format!("The simulation does not answer {}.{} yet", place.on, place.name);
                self.complain(place, "SIMULATION", message);
                Err(Null)
            }
            (BaseType::List(item), Resolved::List(items)) => {
                self.items(items, |run, answer| run.complete(item, answer, place))
            }
            (BaseType::Named(name), Resolved::Scalar(value)) if fits(self.request.schema, name, value) => {
                Ok(value.clone())
            }
            (BaseType::Named(name), Resolved::Object(object)) if self.request.schema.is_a(object.type_name, name) => {
                self.object(object.type_name, &Thing::Object(object), place.sets)
            }
            (BaseType::Named(name), Resolved::Record(of, fields)) if self.request.schema.is_a(of, name) => {
                self.object(of, &Thing::Record(fields), place.sets)
            }
            (BaseType::Named(name), Resolved::Connection(all)) if is_connection(name) => {
                match connection::cut(all.clone(), place.args) {
                    Ok(page) => self.object(name, &Thing::Page(&page), place.sets),
                    Err(cursor) => {
                        let message = format!("`{cursor}` does not appear to be a valid cursor.");
                        self.complain(place, "INVALID_CURSOR_ARGUMENTS", message);
                        Err(Null)
                    }
                }
            }
            (_, wrong) => {
                let message =
                    format!("{}.{} is {ty}, the simulation answered {}", place.on, place.name, describe(wrong));
                self.complain(place, "SIMULATION", message);
                Err(Null)
            }
        };
        if ty.nullable { value.or(Ok(Value::Null)) } else { value }
    }

    fn complain(&mut self, place: &Place<'_, '_>, kind: &'static str, message: String) {
        self.problems.push(Problem::new(message).kind(kind).path(&self.path).at(place.field.pos));
    }
}

/// Where an answer goes.
struct Place<'b, 'a> {
    on: &'b str,
    name: &'b str,
    args: &'b Args,
    field: &'a Positioned<Field>,
    sets: &'b [&'a SelectionSet],
}

fn of_page<'b>(page: &'b Page, name: &str) -> Answer<'b> {
    match name {
        "totalCount" => Answer::Leaf(page.total.into()),
        "pageInfo" => Answer::Thing(Thing::PageInfo(page)),
        "edges" => Answer::Things(page.nodes.iter().map(|(cursor, node)| Thing::Edge(cursor, node)).collect()),
        "nodes" => Answer::Nodes(page),
        _ => Answer::World(Resolved::Unsupported),
    }
}

fn of_page_info(page: &Page, name: &str) -> Value {
    let cursor = |node: Option<&(String, Resolved)>| node.map(|(cursor, _)| cursor.as_str()).into();
    match name {
        "hasNextPage" => page.has_next.into(),
        "hasPreviousPage" => page.has_previous.into(),
        "startCursor" => cursor(page.nodes.first()),
        _ => cursor(page.nodes.last()),
    }
}

/// A payload with the client's own id for the mutation.
fn echo(payload: Resolved, args: &Args) -> Resolved {
    match payload {
        Resolved::Record(type_name, mut fields) => {
            let id = args.within("input").get("clientMutationId").cloned();
            fields.push(("clientMutationId", Resolved::scalar(id)));
            Resolved::Record(type_name, fields)
        }
        other => other,
    }
}

/// Two fields of one name in the answer must be the same question.
fn conflict(one: &Field, other: &Field) -> Option<Problem> {
    let key = &one.response_key().node;
    let arguments = |field: &Field| {
        let all = field.arguments.iter().map(|(name, value)| (name.node.to_string(), value.node.to_string()));
        all.collect::<std::collections::BTreeMap<_, _>>()
    };
    let (what, message) = if one.name.node != other.name.node {
        ("Field", format!("Field '{key}' has a field conflict: {} or {}?", one.name.node, other.name.node))
    } else if arguments(one) != arguments(other) {
        let text = |field: &Field| json!(arguments(field)).to_string();
        ("Field", format!("Field '{key}' has an argument conflict: {} or {}?", text(one), text(other)))
    } else {
        return None;
    };
    let extensions = json!({ "code": "fieldConflict", "typeName": what, "fieldName": key });
    Some(Problem::new(message).extensions(extensions))
}

/// Whether a leaf value is of the type.
fn fits(schema: &Schema, type_name: &str, value: &Value) -> bool {
    match schema.kind(type_name) {
        Some(TypeKind::Enum(values)) => values.values.iter().any(|it| value == it.node.value.node.as_str()),
        // GitHub gives numeric ids of more than 32 bits where its schema says Int.
        Some(TypeKind::Scalar) => variables::scalar(type_name, value) || (type_name == "Int" && value.is_i64()),
        _ => false,
    }
}

fn describe(answer: &Resolved) -> String {
    match answer {
        Resolved::Null => "null".to_owned(),
        Resolved::Scalar(value) => format!("the value {value}"),
        Resolved::Object(object) => format!("a {}", object.type_name),
        Resolved::Record(type_name, _) => format!("a {type_name}"),
        Resolved::List(_) => "a list".to_owned(),
        Resolved::Connection(_) => "a connection".to_owned(),
        Resolved::Error { .. } | Resolved::Unsupported => "an error".to_owned(),
    }
}
