//! GitHub's limits on connections, judged before anything runs: a bound is needed, at most 100 of each, and at most
//! 500,000 possible nodes in one request.
//! <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>

use super::answer::Problem;
use super::execute::{Request, arguments};
use super::schema::{base, is_connection};
use async_graphql_parser::types::{Field, Selection, SelectionSet};
use async_graphql_parser::{Pos, Positioned};
use serde_json::Value;

/// Most nodes that one connection gives at once.
const PAGE: i64 = 100;
/// Most nodes that a request may be about.
const NODES: u64 = 500_000;

/// What the operation asks too much of.
pub(super) fn check(request: &Request<'_>, on: &str, set: &SelectionSet) -> Vec<Problem> {
    let mut counter = Counter { request, nodes: 0, path: Vec::new(), problems: Vec::new() };
    counter.selections(on, set, 1);
    if counter.nodes > NODES {
        let message = format!(
            "This query requests up to {} possible nodes which exceeds the maximum limit of 500,000.",
            thousands(counter.nodes)
        );
        counter.problems.push(Problem::new(message).kind("MAX_NODE_LIMIT_EXCEEDED"));
    }
    counter.problems
}

struct Counter<'a> {
    request: &'a Request<'a>,
    nodes: u64,
    path: Vec<Value>,
    problems: Vec<Problem>,
}

impl Counter<'_> {
    fn selections(&mut self, on: &str, set: &SelectionSet, times: u64) {
        for item in set.items.iter().filter(|item| self.request.wanted(item.node.directives())) {
            match &item.node {
                Selection::Field(field) => self.field(on, field, times),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map_or(on, |it| it.node.on.node.as_str());
                    self.selections(on, &fragment.node.selection_set.node, times);
                }
                Selection::FragmentSpread(spread) => {
                    let request = self.request;
                    if let Some(fragment) = request.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(on, &fragment.node.selection_set.node, times);
                    }
                }
            }
        }
    }

    fn field(&mut self, on: &str, field: &Positioned<Field>, times: u64) {
        let (at, field) = (field.pos, &field.node);
        let Some(definition) = self.request.schema.field(on, &field.name.node) else { return };
        let of = base(&definition.ty.node);
        self.path.push(field.response_key().node.as_str().into());
        let mut inner = times;
        if is_connection(of) {
            let args = arguments(definition, field, &self.request.variables);
            let bounds = (args.number("first"), args.number("last"));
            let size = self.page(&field.name.node, bounds, &field.selection_set.node, at);
            inner = times.saturating_mul(size);
            self.nodes = self.nodes.saturating_add(inner);
        }
        self.selections(of, &field.selection_set.node, inner);
        self.path.pop();
    }

    /// How many nodes the page has at most. A connection of which only `totalCount` is asked needs no bound.
    fn page(&mut self, name: &str, bounds: (Option<i64>, Option<i64>), set: &SelectionSet, at: Pos) -> u64 {
        let mut refuse = |kind: Option<&'static str>, message: String| {
            let problem = Problem::new(message).path(&self.path).at(at);
            self.problems.push(kind.into_iter().fold(problem, Problem::kind));
            0
        };
        let (bound, size) = match bounds {
            (None, None) if !needs_bound(set) => return 0,
            (None, None) => {
                let message =
                    format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
                return refuse(Some("MISSING_PAGINATION_BOUNDARIES"), message);
            }
            (Some(_), Some(_)) => {
                let message =
                    format!("Passing both `first` and `last` to paginate the `{name}` connection is not supported.");
                return refuse(None, message);
            }
            (Some(first), None) => ("first", first),
            (None, Some(last)) => ("last", last),
        };
        match u64::try_from(size) {
            Err(_) => refuse(None, format!("`{bound}` on the `{name}` connection cannot be less than zero.")),
            Ok(_) if size > PAGE => {
                let message = format!(
                    "Requesting {size} records on the `{name}` connection exceeds the `{bound}` limit of {PAGE} records."
                );
                refuse(Some("EXCESSIVE_PAGINATION"), message)
            }
            Ok(size) => size,
        }
    }
}

/// Whether more than the count is asked. What hides in fragments counts as more.
fn needs_bound(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => !["totalCount", "__typename"].contains(&field.node.name.node.as_str()),
        _ => true,
    })
}

/// 1,010,000
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
