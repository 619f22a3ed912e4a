//! Names of the contract that are not built yet: the first use of one is found before a script runs.

use super::super::tokens::blank_out_texts;
use super::table::{API, ApiState};

/// The first use of a name that is not built yet: its line and the name. Comments and strings do not count.
pub(in super::super) fn find_unbuilt(source: &str) -> Option<(u32, String)> {
    let code = blank_out_texts(source);
    let mut found: Option<(usize, String)> = None;
    for item in API.iter().filter(|item| item.state == ApiState::Later) {
        let full =
            if item.namespace.is_empty() { item.name.to_owned() } else { format!("{}.{}", item.namespace, item.name) };
        let called = match item.name {
            "on" => "on(".to_owned(),
            _ => full.clone(),
        };
        let is_use = |at: usize| {
            let before = code[..at].chars().next_back();
            let after = code[at + called.len()..].chars().next();
            let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let own = !inside(before) && !matches!(before, Some('.' | ':'));
            own && (called.ends_with(['(', '.']) || !inside(after))
        };
        let Some(at) = code.match_indices(&called).map(|(at, _)| at).find(|at| is_use(*at)) else { continue };
        if found.as_ref().is_none_or(|(earlier, _)| at < *earlier) && !defines(&code, item.name) {
            found = Some((at, full));
        }
    }
    found.map(|(at, name)| (u32::try_from(code[..at].matches('\n').count() + 1).unwrap_or(u32::MAX), name))
}

/// Whether the script has a local of this name, which then is its own affair.
fn defines(code: &str, name: &str) -> bool {
    [format!("local {name}"), format!("function {name}"), format!("({name})"), format!("({name},")]
        .iter()
        .any(|form| code.contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_built_is_found_at_its_line() {
        let source = "-- danger.event\nlocal s = \"danger.event\"\non(\"push\", {}, print)\n";
        assert_eq!(find_unbuilt(source), Some((3, "on".to_owned())));
        assert_eq!(find_unbuilt("if danger.event then end"), Some((1, "danger.event".to_owned())));
        assert_eq!(find_unbuilt("local x = danger.events.x or on_call()"), None);
        assert_eq!(find_unbuilt("[[ danger.event ]] --[=[ danger.event ]=]"), None);
        assert_eq!(find_unbuilt("local function on(x) end on(1)"), None);
    }
}
