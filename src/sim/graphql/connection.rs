//! Pages of a connection: `first`, `after`, `last`, `before`, and cursors.

use super::world::{Args, Resolved};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The part of a connection that was asked for.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The nodes, each with its cursor.
    pub(super) nodes: Vec<(String, Resolved)>,
    /// How many nodes the whole connection has.
    pub(super) total: usize,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

/// Cuts the page out of the whole list.
///
/// # Errors
/// The cursor that is none of ours.
pub(super) fn cut(all: Vec<Resolved>, args: &Args) -> Result<Page, String> {
    let total = all.len();
    let mut nodes: Vec<(String, Resolved)> =
        all.into_iter().enumerate().map(|(index, node)| (cursor(index, &node), node)).collect();
    let position = |nodes: &[(String, Resolved)], name: &str| match args.text(name) {
        Some(text) => find(nodes, text).map(Some).ok_or_else(|| text.to_owned()),
        None => Ok(None),
    };
    // One past the last wanted, then the first wanted: cutting the end first keeps the positions.
    let mut end = position(&nodes, "before")?.unwrap_or(total).min(total);
    let mut start = position(&nodes, "after")?.map_or(0, |index| index + 1).min(end);
    let count = |name| args.number(name).and_then(|it| usize::try_from(it).ok());
    if let Some(first) = count("first") {
        end = end.min(start.saturating_add(first));
    }
    if let Some(last) = count("last") {
        start = start.max(end.saturating_sub(last));
    }
    nodes.truncate(end);
    let nodes = nodes.split_off(start);
    Ok(Page { nodes, total, has_next: end < total, has_previous: start > 0 })
}

/// Opaque to clients. It names the node, so that a page goes on at the right place when an earlier node has gone.
fn cursor(index: usize, node: &Resolved) -> String {
    let key = match node {
        Resolved::Object(object) => object.key.to_string(),
        _ => String::new(),
    };
    STANDARD.encode(format!("cursor:v2:{index}:{key}"))
}

fn find(nodes: &[(String, Resolved)], cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    let (index, key) = text.strip_prefix("cursor:v2:")?.split_once(':')?;
    let index: usize = index.parse().ok()?;
    let key: Option<Value> = serde_json::from_str(key).ok();
    let same = |node: &Resolved| matches!(node, Resolved::Object(object) if Some(&object.key) == key.as_ref());
    Some(nodes.iter().position(|(_, node)| same(node)).unwrap_or(index))
}
