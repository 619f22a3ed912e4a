//! Queries and pages.

use super::call::Call;
use crate::sim::reply::{Answer, Reply};
use serde_json::Value;

/// GitHub's page when none is asked for, and its largest.
const PER_PAGE: usize = 30;
const MAX_PER_PAGE: usize = 100;

/// The part after the question mark.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Query(Vec<(String, String)>);

impl Query {
    pub(in crate::sim) fn parse(text: &str) -> Query {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Query(
            pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (decode(k), decode(v))).collect(),
        )
    }

    pub(in crate::sim) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The others, each followed by `&`.
    pub(super) fn without(&self, name: &str) -> String {
        self.0.iter().filter(|(known, _)| known != name).map(|(name, value)| format!("{name}={value}&")).collect()
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name).and_then(|value| value.parse().ok())
    }
}

impl Call<'_> {
    pub(super) fn per_page(&self) -> usize {
        self.query.number("per_page").unwrap_or(PER_PAGE).clamp(1, MAX_PER_PAGE)
    }

    /// First index, one past the last, and the `link` header.
    pub(super) fn page(&self, total: usize) -> (usize, usize, Option<String>) {
        let per = self.per_page();
        let page = self.query.number("page").unwrap_or(1).max(1);
        let first = (page - 1).saturating_mul(per).min(total);
        let last = total.div_ceil(per).max(1);
        let address = |page: usize| format!("{}?{}page={page}", self.url, self.query.without("page"));
        let mut links = Vec::new();
        if page > 1 {
            links.push(format!("<{}>; rel=\"prev\"", address(page - 1)));
        }
        if page < last {
            links.push(format!("<{}>; rel=\"next\"", address(page + 1)));
            links.push(format!("<{}>; rel=\"last\"", address(last)));
        }
        if page > 1 {
            links.push(format!("<{}>; rel=\"first\"", address(1)));
        }
        (first, (first + per).min(total), (!links.is_empty()).then(|| links.join(", ")))
    }

    /// One page of a list.
    pub(super) fn list(&self, all: &[Value]) -> Answer {
        let (first, end, link) = self.page(all.len());
        Ok(linked(Reply::json(200, all[first..end].into()), link))
    }

    /// One page of a list inside an object with `total_count`.
    pub(super) fn wrapped(&self, name: &str, all: &[Value]) -> Answer {
        let (first, end, link) = self.page(all.len());
        let mut value = serde_json::json!({ "total_count": all.len() });
        value[name] = all[first..end].into();
        Ok(linked(Reply::json(200, value), link))
    }
}

/// Adds the `link` header.
pub(super) fn linked(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.with("link", &link),
        None => reply,
    }
}

/// Undoes percent-encoding.
pub(in crate::sim) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
