//! GitHub's OpenAPI description: operations by method and path, webhooks by event and action.

use super::packages;
use serde_json::Value;
use std::sync::OnceLock;

/// The whole description, with references.
pub(super) struct Description {
    root: Value,
}

/// An operation, and the template that the path fits.
pub(super) struct Operation {
    pub(super) template: &'static str,
    pub(super) value: &'static Value,
}

impl Description {
    /// The description of api.github.com (npm `@octokit/openapi`), read once per process.
    pub(super) fn github() -> &'static Self {
        static DESCRIPTION: OnceLock<Description> = OnceLock::new();
        DESCRIPTION.get_or_init(|| {
            let text = packages::read("@octokit/openapi/generated/api.github.com.json");
            let mut root = serde_json::from_str(&text).unwrap();
            mend(&mut root);
            Self { root }
        })
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
        self.root.pointer(pointer).unwrap_or_else(|| panic!("the description has no {reference}"))
    }

    /// The operation of a path without its query. Of several templates that fit, the one with most literal segments.
    pub(super) fn operation(&'static self, method: &str, path: &str) -> Option<Operation> {
        let wanted: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let method = method.to_ascii_lowercase();
        let paths = self.root["paths"].as_object().unwrap();
        let fitting = paths.iter().filter_map(|(template, operations)| {
            let value = operations.get(&method)?;
            let score = self.fit(template, &wanted, value)?;
            Some((score, Operation { template, value }))
        });
        fitting.max_by_key(|(score, _)| *score).map(|(_, operation)| operation)
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
        let body = &self.root["x-webhooks"].get(&name)?["post"]["requestBody"];
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
