//! What the workers ask of GitHub, by installation, in the Prometheus text format.

use crate::github::InstallationUse;
use crate::model::InstallationId;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Adds the families. One that has no sample yet is there with its help, so that it can be found.
pub(super) fn render(uses: &BTreeMap<InstallationId, InstallationUse>, out: &mut String) {
    let requests = uses.iter().flat_map(|(installation, of)| {
        let label = move |kind: &str| format!("installation=\"{installation}\",kind=\"{kind}\"");
        of.requests.iter().map(move |(kind, count)| (label(kind.as_str()), *count))
    });
    family(out, "deckhand_github_requests_total", "counter", "Requests sent, each try counted", requests);
    let each = |number: fn(&InstallationUse) -> u64| {
        uses.iter().map(move |(installation, of)| (format!("installation=\"{installation}\""), number(of)))
    };
    let retries = each(|of| of.retries);
    family(out, "deckhand_github_retries_total", "counter", "Calls sent again after a failure", retries);
    let waits = each(|of| of.waits);
    family(out, "deckhand_github_waits_total", "counter", "Calls not sent because a limit lasts", waits);
    let saved = each(|of| of.saved);
    family(out, "deckhand_github_saved_total", "counter", "Calls not sent because the answer was known", saved);
    let left = uses.iter().flat_map(|(installation, of)| {
        let of_api = [("rest", of.rest_left), ("graphql", of.graphql_left)];
        of_api
            .into_iter()
            .filter_map(move |(api, left)| Some((format!("installation=\"{installation}\",api=\"{api}\""), left?)))
    });
    family(out, "deckhand_github_budget_left", "gauge", "What GitHub last said is left of the hour", left);
}

fn family(out: &mut String, name: &str, kind: &str, help: &str, samples: impl Iterator<Item = (String, u64)>) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("a string takes all text");
    for (labels, value) in samples {
        writeln!(out, "{name}{{{labels}}} {value}").expect("a string takes all text");
    }
}
