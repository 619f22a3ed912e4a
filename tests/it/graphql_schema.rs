//! The simulated part of GraphQL (`src/sim/graphql/schema.graphql`) is a part of GitHub's own schema.

use crate::validation::{check_graphql, github_schema};
use apollo_compiler::Schema;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};
use std::collections::BTreeSet;

#[test]
fn every_simulated_field_is_as_at_github() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sim/graphql/schema.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let compared = compare(&text);
    assert_eq!(compared.complaints, [""; 0]);
    assert!(compared.fields > 300, "only {} fields compared", compared.fields);
}

#[test]
fn differences_are_found() {
    let cases = [
        ("type Boat { mast: Int }", "Boat: GitHub has no such type"),
        ("type Label { mast: Int }", "Label.mast: GitHub has no such field"),
        ("type Label { name: String }", "Label.name is String!, not String"),
        ("type Label implements Actor { name: String! }", "Label is no Actor"),
        ("type Query { node(id: String!): Node }", "Query.node(id:) is ID!, not String!"),
        ("type Query { node: Node }", "Query.node needs the argument id"),
        ("type Query { viewer(size: Int): User! }", "Query.viewer(size:): GitHub has no such argument"),
        ("type Query { rateLimit(dryRun: Boolean = true): RateLimit }", "Query.rateLimit(dryRun:) has another default"),
        ("enum MilestoneState { OPEN }", "MilestoneState has other values"),
        ("input CheckSuiteFilter { appId: String }", "CheckSuiteFilter.appId is Int, not String"),
        ("union Node = Label", "Node is of another kind"),
        ("scalar Colour", "Colour: GitHub has no such type"),
    ];
    for (text, complaint) in cases {
        assert_eq!(compare(text).complaints, [complaint], "{text}");
    }
}

#[test]
fn a_bad_document_is_found() {
    assert_eq!(check_graphql("good", "{ viewer { login } }"), [""; 0]);
    let complaints = check_graphql("bad", "{ viewer { login shoeSize } }");
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("shoeSize"), "{complaints:?}");
}

#[derive(Default)]
struct Compared {
    fields: usize,
    complaints: Vec<String>,
}

impl Compared {
    fn require(&mut self, right: bool, complaint: impl FnOnce() -> String) {
        if !right {
            self.complaints.push(complaint());
        }
    }

    fn same<T: PartialEq + std::fmt::Display>(&mut self, place: &str, theirs: &T, ours: &T) {
        self.require(theirs == ours, || format!("{place} is {theirs}, not {ours}"));
    }

    fn arguments(&mut self, place: &str, theirs: &[Node<InputValueDefinition>], ours: &[Node<InputValueDefinition>]) {
        for argument in ours {
            let place = format!("{place}({}:)", argument.name);
            match theirs.iter().find(|it| it.name == argument.name) {
                None => self.complaints.push(format!("{place}: GitHub has no such argument")),
                Some(found) => {
                    self.same(&place, &found.ty, &argument.ty);
                    let same = found.default_value == argument.default_value;
                    self.require(same, || format!("{place} has another default"));
                }
            }
        }
        for needed in theirs.iter().filter(|it| it.is_required()) {
            let given = ours.iter().any(|it| it.name == needed.name);
            self.require(given, || format!("{place} needs the argument {}", needed.name));
        }
    }

    fn ty(&mut self, name: &Name, theirs: &ExtendedType, ours: &ExtendedType) {
        let (their_fields, our_fields) = match (theirs, ours) {
            (ExtendedType::Object(theirs), ExtendedType::Object(ours)) => {
                for interface in &ours.implements_interfaces {
                    let implements = theirs.implements_interfaces.contains(interface);
                    self.require(implements, || format!("{name} is no {}", interface.name));
                }
                (&theirs.fields, &ours.fields)
            }
            (ExtendedType::Interface(theirs), ExtendedType::Interface(ours)) => (&theirs.fields, &ours.fields),
            (ExtendedType::Enum(theirs), ExtendedType::Enum(ours)) => {
                let values =
                    |of: &apollo_compiler::schema::EnumType| of.values.keys().cloned().collect::<BTreeSet<_>>();
                return self.require(values(theirs) == values(ours), || format!("{name} has other values"));
            }
            (ExtendedType::InputObject(theirs), ExtendedType::InputObject(ours)) => {
                for (field, ours) in &ours.fields {
                    let place = format!("{name}.{field}");
                    match theirs.fields.get(field) {
                        Some(found) => self.same(&place, &found.ty, &ours.ty),
                        None => self.complaints.push(format!("{place}: GitHub has no such field")),
                    }
                }
                return;
            }
            (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => return,
            _ => return self.complaints.push(format!("{name} is of another kind")),
        };
        for (field, ours) in our_fields {
            let place = format!("{name}.{field}");
            self.fields += 1;
            match their_fields.get(field) {
                None => self.complaints.push(format!("{place}: GitHub has no such field")),
                Some(theirs) => {
                    self.same(&place, &theirs.ty, &ours.ty);
                    self.arguments(&place, &theirs.arguments, &ours.arguments);
                }
            }
        }
    }
}

fn compare(text: &str) -> Compared {
    let github = github_schema();
    // A part of a schema: it need not be complete in itself.
    let ours = Schema::parse(text, "schema.graphql").unwrap_or_else(|invalid| invalid.partial);
    let mut compared = Compared::default();
    for (name, ours) in ours.types.iter().filter(|(_, ty)| !ty.is_built_in()) {
        match github.types.get(name) {
            Some(theirs) => compared.ty(name, theirs, ours),
            None => compared.complaints.push(format!("{name}: GitHub has no such type")),
        }
    }
    compared
}
