//! GitHub's OpenAPI description: operations by method and path, webhooks by event and action.

use super::packages;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

/// In npm's package `@octokit/openapi`: the description of api.github.com.
const SOURCE: &str = "@octokit/openapi/generated/api.github.com.json";
/// Where its parts are kept by the line.
const PARTS: &str = "@octokit/openapi/generated/parts-of-api.github.com.txt";
/// Another number when the parts change though the source does not.
const EDITION: u32 = 1;

/// The whole description, with references. It has 13 MB and a test needs little of it, so that its parts lie in a file of
/// their own, one a line, and are parsed when they are asked for.
pub(super) struct Description {
    /// JSON by pointer, down to what is referred to: `/components/schemas/issue`.
    parts: BTreeMap<&'static str, &'static str>,
    parsed: Mutex<HashMap<&'static str, &'static Value>>,
    /// By method and path, which come again in every telling of a story.
    operations: Mutex<HashMap<String, Option<&'static Operation>>>,
}

/// An operation, and the template that the path fits.
pub(super) struct Operation {
    pub(super) template: String,
    pub(super) value: &'static Value,
}

impl Description {
    pub(super) fn github() -> &'static Self {
        static DESCRIPTION: LazyLock<Description> = LazyLock::new(|| {
            let lines: &'static str = Box::leak(lines().into_boxed_str());
            // The first line tells what the others were made of.
            let parts = lines.lines().skip(1).map(|line| line.split_once('\t').unwrap()).collect();
            Description { parts, parsed: Mutex::default(), operations: Mutex::default() }
        });
        &DESCRIPTION
    }

    /// The value itself, or what its `$ref` names.
    pub(super) fn follow(&'static self, value: &'static Value) -> &'static Value {
        match value["$ref"].as_str() {
            Some(reference) => self.follow(self.at(reference)),
            None => value,
        }
    }

    /// `#/components/schemas/issue`
    pub(super) fn at(&'static self, reference: &str) -> &'static Value {
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        let found = self.part(pointer).or_else(|| {
            let (end, _) = pointer.match_indices('/').nth(if pointer.starts_with("/components/") { 3 } else { 2 })?;
            self.part(&pointer[..end])?.pointer(&pointer[end..])
        });
        found.unwrap_or_else(|| panic!("the description has no {reference}"))
    }

    fn part(&'static self, pointer: &str) -> Option<&'static Value> {
        let (pointer, text) = self.parts.get_key_value(pointer)?;
        // `str::parse` is compiled with the library, and so it is optimized.
        let parse = || &*Box::leak(Box::new(text.parse().unwrap()));
        Some(self.parsed.lock().unwrap().entry(pointer).or_insert_with(parse))
    }

    /// The operation of a path without its query. Of several templates that fit, the one with most literal segments.
    pub(super) fn operation(&'static self, method: &str, path: &str) -> Option<&'static Operation> {
        let key = format!("{method} {path}");
        if let Some(known) = self.operations.lock().unwrap().get(&key) {
            return *known;
        }
        let found = self.find_operation(method, path).map(|it| &*Box::leak(Box::new(it)));
        self.operations.lock().unwrap().insert(key, found);
        found
    }

    fn find_operation(&'static self, method: &str, path: &str) -> Option<Operation> {
        let wanted: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let method = method.to_ascii_lowercase();
        let pointers = self.parts.range("/paths/".."/paths0").map(|(pointer, _)| *pointer);
        let fitting = pointers.filter_map(|pointer| {
            // `~1repos~1{owner}`
            let segments = pointer.strip_prefix("/paths/~1")?.split("~1");
            may_fit(segments, &wanted).then_some(())?;
            let value = self.part(pointer)?.get(&method)?;
            let template = pointer.strip_prefix("/paths/")?.replace("~1", "/");
            let score = self.fit(&template, &wanted, value)?;
            Some((score, Operation { template, value }))
        });
        let best = fitting.max_by(|one, two| (one.0, &one.1.template).cmp(&(two.0, &two.1.template)));
        best.map(|(_, operation)| operation)
    }

    /// How many segments fit literally; `None` when the path does not fit.
    fn fit(&'static self, template: &str, wanted: &[&str], operation: &'static Value) -> Option<usize> {
        let template: Vec<&str> = template.trim_start_matches('/').split('/').collect();
        let longer = wanted.len() > template.len();
        if wanted.len() < template.len() || longer && !self.spans(&template, operation) {
            return None;
        }
        let mut literal = 0;
        for (expected, given) in template.iter().zip(wanted) {
            if expected == given {
                literal += 1;
            } else if given.is_empty() || !self.takes(expected, given, operation) {
                return None;
            }
        }
        Some(literal)
    }

    /// Whether the parameter of a segment takes the text: numbers where numbers are expected.
    fn takes(&'static self, segment: &str, given: &str, operation: &'static Value) -> bool {
        // `{basehead}`, and `{owner}.tar.gz` nowhere: a segment is one parameter or none.
        let Some(name) = segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else { return false };
        let integer = self
            .parameters(operation)
            .any(|it| it["in"] == "path" && it["name"] == name && self.follow(&it["schema"])["type"] == "integer");
        !integer || given.parse::<u64>().is_ok()
    }

    /// Whether the last segment takes slashes too.
    fn spans(&'static self, template: &[&str], operation: &'static Value) -> bool {
        let name = template.last().map_or("", |it| it.trim_matches(['{', '}']));
        // `git/ref/heads/main`: the description forgets to say so.
        if name == "ref" && template.contains(&"git") {
            return true;
        }
        self.parameters(operation).any(|it| it["name"] == name && it["x-multi-segment"] == true)
    }

    /// The parameters of an operation, references followed.
    pub(super) fn parameters(&'static self, operation: &'static Value) -> impl Iterator<Item = &'static Value> {
        operation["parameters"].as_array().into_iter().flatten().map(|it| self.follow(it))
    }

    /// The schema of a webhook's payload.
    pub(super) fn webhook(&'static self, event: &str, action: Option<&str>) -> Option<&'static Value> {
        let dashed = |text: &str| text.replace('_', "-");
        let name = action.map_or_else(|| dashed(event), |action| format!("{}-{}", dashed(event), dashed(action)));
        let body = &self.part(&format!("/x-webhooks/{name}"))?["post"]["requestBody"];
        json_schema(self.follow(body))
    }
}

/// The schema of a body in JSON.
pub(super) fn json_schema(body: &'static Value) -> Option<&'static Value> {
    let content = body["content"].as_object()?;
    let json = content.iter().find(|(media, _)| media.starts_with("application/json") || media.ends_with("+json"))?;
    json.1.get("schema")
}

/// The list of installations wants every account to be a user and an enterprise at once (`allOf`), which GitHub's own
/// example of it is not; the schema `installation` has it right (`anyOf`).
fn mend(root: &mut Value) {
    let list =
        "/paths/~1app~1installations/get/responses/200/content/application~1json/schema/items/properties/account";
    if let Some(account) = root.pointer_mut(list).and_then(Value::as_object_mut)
        && let Some(kinds) = account.remove("allOf")
    {
        account.insert("anyOf".to_owned(), kinds);
    }
}

/// A look at the segments alone: those that are literal in the template are there.
fn may_fit<'a>(mut template: impl Iterator<Item = &'a str>, wanted: &[&str]) -> bool {
    let mut wanted = wanted.iter();
    template.all(|segment| wanted.next().is_some_and(|given| segment == *given || segment.starts_with('{')))
}

/// The parts by the line, made anew when they are not of this source.
fn lines() -> String {
    let source = std::fs::metadata(packages::path(SOURCE)).unwrap_or_else(|error| packages::complain(SOURCE, &error));
    let package = packages::read("@octokit/openapi/package.json");
    let version = &package.parse::<Value>().unwrap()["version"];
    let of = format!("{SOURCE} {version} {} {:?} {EDITION}", source.len(), source.modified().unwrap());
    let kept = packages::path(PARTS);
    match std::fs::read_to_string(&kept) {
        Ok(lines) if lines.lines().next() == Some(&of) => lines,
        _ => {
            let lines = format!("{of}\n{}", split(&packages::read(SOURCE)));
            keep(&kept, &lines);
            lines
        }
    }
}

/// Whole or not at all, because other tests do the same.
fn keep(path: &Path, lines: &str) {
    let file = tempfile::NamedTempFile::new_in(path.parent().unwrap()).unwrap();
    std::fs::write(file.path(), lines).unwrap();
    file.persist(path).unwrap();
}

/// A line for each path, webhook and component, and one for the end.
fn split(source: &str) -> String {
    let mut root: Value = source.parse().unwrap();
    mend(&mut root);
    let mut lines = String::new();
    let mut add = |under: &str, values: &Value| {
        for (name, value) in values.as_object().unwrap() {
            assert!(!name.contains('~'), "{name}");
            let name = name.replace('/', "~1");
            writeln!(lines, "{under}/{name}\t{value}").unwrap();
        }
    };
    add("/paths", &root["paths"]);
    add("/x-webhooks", &root["x-webhooks"]);
    for (kind, values) in root["components"].as_object().unwrap() {
        add(&format!("/components/{kind}"), values);
    }
    lines
}

#[test]
fn the_parts_are_those_of_the_description() {
    let kept = lines();
    assert!(kept.split_once('\n').unwrap().1 == split(&packages::read(SOURCE)), "remove {PARTS}: it was changed");
}
