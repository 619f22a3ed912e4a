//! What the app may do: what it asks for, and what the accounts have granted.

use super::report::{Level, Remark, Section};
use crate::github::{AppSettings, Presence, WANTED_PERMISSIONS, WantedPermission};

/// What no robot needs that judges pull requests.
const NEVER: &str = "administration";

pub(super) fn look(app: &AppSettings, installations: &[Presence]) -> Section {
    let mut section = Section::new("Permissions");
    section.table.push(["permission", "access", "asked for", "granted", "for"].map(str::to_owned).to_vec());
    for wanted in WANTED_PERMISSIONS {
        let asked = app.permissions.get(wanted.name).map(String::as_str);
        section.table.push(vec![
            wanted.name.to_owned(),
            wanted.access.to_owned(),
            asked.unwrap_or("-").to_owned(),
            granted(wanted, installations),
            format!("{}{}", if wanted.needed { "needed: " } else { "" }, wanted.purpose),
        ]);
        section.remarks.extend(judge(wanted, asked, installations));
    }
    if app.permissions.contains_key(NEVER) {
        let text = "the app asks for `administration`, which deckhand never uses";
        section.remarks.push(Remark::new(Level::Warning, text).advise("Take it away on the app's settings page."));
    }
    if section.remarks.is_empty() {
        section.remarks.push(Remark::new(Level::Fine, "everything that is needed is granted"));
    }
    section
}

/// One word when all accounts agree.
fn granted(wanted: &WantedPermission, installations: &[Presence]) -> String {
    let words = |it: &Presence| it.permissions.get(wanted.name).map_or("-", String::as_str).to_owned();
    let mut found: Vec<String> = installations.iter().map(words).collect();
    let met = installations.iter().filter(|it| wanted.is_met_by(of(it, wanted))).count();
    found.sort_unstable();
    found.dedup();
    match found.len() {
        0 => "-".to_owned(),
        1 => found.remove(0),
        _ => format!("by {met} of {}", installations.len()),
    }
}

fn of<'a>(installation: &'a Presence, wanted: &WantedPermission) -> Option<&'a str> {
    installation.permissions.get(wanted.name).map(String::as_str)
}

fn judge(wanted: &WantedPermission, asked: Option<&str>, installations: &[Presence]) -> Vec<Remark> {
    let WantedPermission { name, access, needed, purpose } = wanted;
    if !wanted.is_met_by(asked) {
        if !needed {
            return Vec::new();
        }
        let text = format!("the app does not ask for `{name}: {access}`, and nothing works without it ({purpose})");
        let advice = "Set it on the app's settings page, *Permissions & events*; then each account has to accept it.";
        return vec![Remark::new(Level::Problem, text).advise(advice)];
    }
    let short = installations.iter().filter(|it| !wanted.is_met_by(of(it, wanted)));
    let remarks = short.map(|it| {
        let level = if *needed { Level::Problem } else { Level::Warning };
        let text = format!("{} has not granted `{name}: {access}`, which is for: {purpose}", it.account);
        Remark::new(level, text).advise(format!("Its owner accepts the app's new permissions at {}", it.html_url))
    });
    remarks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InstallationId;
    use std::collections::BTreeMap;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect()
    }

    fn account(name: &str, permissions: &[(&str, &str)]) -> Presence {
        Presence {
            id: InstallationId(1),
            account: name.to_owned(),
            html_url: "https://x".to_owned(),
            suspended: false,
            permissions: map(permissions),
        }
    }

    #[test]
    fn accounts_that_granted_less_than_the_app_asks_for_are_named() {
        let all = [("checks", "write"), ("contents", "write"), ("metadata", "read")];
        let app = AppSettings {
            name: "deckhand".to_owned(),
            html_url: "https://github.com/apps/deckhand".to_owned(),
            permissions: map(&[&all[..], &[("administration", "read")]].concat()),
            events: Vec::new(),
        };
        let less = [("checks", "read"), ("contents", "read"), ("metadata", "read")];
        let section = look(&app, &[account("octo", &all), account("hexpm", &less)]);
        let levels: Vec<Level> = section.remarks.iter().map(|it| it.level).collect();
        assert_eq!(levels, [Level::Problem, Level::Warning, Level::Warning], "{section:#?}");
        assert_eq!(section.table[1][2..4], ["write", "by 1 of 2"]);
    }
}
