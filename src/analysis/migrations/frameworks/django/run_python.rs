//! Functions that `RunPython` runs: what they import, and whether they change many rows at once.

use super::super::super::code::{Item, Value, walk};
use super::super::super::step::{Operation, Span};
use super::super::read::{Steps, calls, find_function};
use super::operations::write;

/// Reads the function of that name.
pub(super) fn read_function(items: &[Item], name: &str, names: &[(String, Value)], steps: &mut Steps) {
    let Some(body) = find_function(items, name) else { return };
    for (module, at) in live_models(body).into_iter().chain(live_models_on_top(items)) {
        steps.push(at, Operation::LiveModel { module });
    }
    for call in calls(body) {
        match call.short() {
            "update" | "delete" if call.name.contains(".objects.") && !call.limited => {
                let statement = if call.short() == "update" { "UPDATE" } else { "DELETE" };
                let model = call.name.split('.').next().unwrap_or_default().to_lowercase();
                write(call.span, statement, &model, steps);
            }
            "execute" => {
                if let Some(sql) = call.arguments.first() {
                    steps.sql_value(sql, call.span, names);
                }
            }
            _ => {}
        }
    }
}

fn live_models(body: &[Item]) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    walk(body, &mut |item| {
        if let Item::Import { module, names, span } = item
            && is_models(module, names)
        {
            found.push((module.clone(), *span));
        }
        true
    });
    found
}

/// Imports at the top of the file, apart from Django's own.
fn live_models_on_top(items: &[Item]) -> Vec<(String, Span)> {
    let top = items.iter().filter(|item| matches!(item, Item::Import { .. })).cloned().collect::<Vec<_>>();
    live_models(&top)
}

fn is_models(module: &str, names: &[String]) -> bool {
    let own = !module.starts_with("django");
    let ends = module == "models" || module.ends_with(".models") || module.contains(".models.");
    own && (ends || (module.starts_with('.') && names.iter().any(|name| name == "models")))
}
