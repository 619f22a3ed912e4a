//! The API as Luau type definitions for editors, from the same lists that check names and arguments.

use super::super::builtin::builtin_rules;
use super::super::options::OptionSpec;
use super::super::place;
use super::super::registry::rule_specs;
use super::robot_table::ROBOT as ROBOT_CALLS;
use super::settings;
use super::table::{API, ApiItem, ApiState, ROBOT, signature_of};
use super::types::RECORDS;
use std::fmt::Write;

/// A record type of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefinition {
    /// Its name.
    pub name: String,
    /// One sentence.
    pub doc: String,
    /// Each field's name, its type in Luau's notation (`T?` may be absent), and a phrase.
    pub fields: Vec<(String, String, String)>,
}

/// Every record type, by kind: tables of options first, then what rules read.
pub fn type_definitions() -> Vec<TypeDefinition> {
    let mut types = vec![
        of_options("At", "Where a finding is, and what would mend it.", &place::specs()),
        of_options("RuleOptions", "Options of `rule`.", &rule_specs()),
        of_options("Settings", "What `settings` takes.", &settings::specs()),
    ];
    types.extend(RECORDS.iter().map(|record| TypeDefinition {
        name: record.name.to_owned(),
        doc: record.doc.to_owned(),
        fields: record.fields.iter().map(|f| (f.name.to_owned(), f.signature.to_owned(), f.doc.to_owned())).collect(),
    }));
    types
}

fn of_options(name: &str, doc: &str, specs: &[OptionSpec]) -> TypeDefinition {
    let fields = specs.iter().filter(|spec| !spec.later);
    let fields = fields.map(|spec| (spec.name.clone(), optional(&spec.kind.luau()), spec.doc.clone())).collect();
    TypeDefinition { name: name.to_owned(), doc: doc.to_owned(), fields }
}

fn optional(signature: &str) -> String {
    if signature.contains('|') { format!("({signature})?") } else { format!("{signature}?") }
}

/// Names that Luau's own definitions have already.
const STANDARD: [&str; 2] = ["print", "require"];

/// The whole API as a definition file for luau-lsp.
pub fn render_definitions() -> String {
    let mut out = String::from(
        "-- The API of the dangerfile, for luau-lsp: `luau-lsp analyze --definitions=deckhand.d.luau dangerfile.lua`.\n\
         -- Written by `deckhand types`; do not edit.\n",
    );
    for definition in type_definitions() {
        render_type(&mut out, &definition);
    }
    for call in ROBOT_CALLS {
        let fields = call.arguments.iter().map(|argument| {
            let kind = argument.takes.luau();
            let kind = if argument.required { kind } else { optional(&kind) };
            (argument.name.to_owned(), kind, argument.doc.to_owned())
        });
        let doc = format!("Arguments of `robot.{}`.", call.name);
        let mut fields: Vec<_> = fields.collect();
        if let Some(main) = call.list() {
            fields.push(member("[number]", "string", main.doc));
        }
        render_type(&mut out, &TypeDefinition { name: call.type_name(), doc, fields });
    }
    for (namespace, doc) in namespaces() {
        let name = namespace_type(namespace);
        let mut fields: Vec<_> = built(namespace).map(|item| member(item.name, item.signature, item.doc)).collect();
        if namespace == ROBOT {
            fields.extend(ROBOT_CALLS.iter().map(|call| member(call.name, &call.signature(), call.doc)));
        }
        render_type(&mut out, &TypeDefinition { name, doc: doc.to_owned(), fields });
    }
    let names: Vec<String> = builtin_rules().iter().map(|rule| format!("\"{}\"", rule.name)).collect();
    let _ = writeln!(out, "\n--- A built-in rule.\nexport type BuiltinRule = {}\n", names.join(" | "));
    for item in built("").filter(|item| !STANDARD.contains(&item.name)) {
        let _ = writeln!(out, "--- {}\ndeclare {}: {}", item.doc, item.name, item.signature);
    }
    let _ = writeln!(out, "--- What rules read.\ndeclare danger: Danger");
    out
}

fn built(namespace: &str) -> impl Iterator<Item = &'static ApiItem> {
    API.iter().filter(move |item| item.namespace == namespace && item.state == ApiState::Built)
}

fn member(name: &str, signature: &str, doc: &str) -> (String, String, String) {
    (name.to_owned(), signature.to_owned(), doc.to_owned())
}

/// Every namespace with a sentence.
fn namespaces() -> Vec<(&'static str, &'static str)> {
    let mut names: Vec<&'static str> = API.iter().map(|item| item.namespace).filter(|name| !name.is_empty()).collect();
    names.push(ROBOT);
    names.sort_unstable();
    names.dedup();
    let doc = |name: &str| {
        let (space, last) = name.rsplit_once('.').unwrap_or(("", name));
        let item = API.iter().find(|item| item.namespace == space && item.name == last);
        item.map_or("What rules read.", |item| item.doc)
    };
    names.into_iter().map(|name| (name, doc(name))).collect()
}

/// The type of a namespace is the one that the table gives to the name it has in its parent.
fn namespace_type(namespace: &str) -> String {
    let (space, last) = namespace.rsplit_once('.').unwrap_or(("", namespace));
    match signature_of(space, last) {
        "" => "Danger".to_owned(),
        signature => signature.to_owned(),
    }
}

fn render_type(out: &mut String, definition: &TypeDefinition) {
    let _ = writeln!(out, "\n--- {}\nexport type {} = {{", definition.doc, definition.name);
    for (name, signature, doc) in &definition.fields {
        let _ = writeln!(out, "\t--- {doc}\n\t{name}: {signature},");
    }
    out.push_str("}\n");
}
