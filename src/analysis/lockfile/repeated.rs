//! What `uv.lock` repeats of requirements, kept so that one of them is looked up and not searched for: a hostile project
//! names one package thousands of times.

use super::lock::Asked;
use super::manifest::Wanted;
use super::pep508::{names_python, platform_of, platforms_for, versions_in_one_form};
use std::collections::{BTreeMap, BTreeSet};

/// What is repeated, by member and section. Names of those are kept once, however long somebody makes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repeated(BTreeMap<String, BTreeMap<String, Platforms>>);

/// The platforms for which a requirement is repeated, by everything else that is compared.
type Platforms = BTreeMap<String, BTreeSet<String>>;

impl Repeated {
    /// Notes what a lockfile says that a member asks for.
    pub(super) fn add(&mut self, member: &str, name: &str, asked: &Asked) {
        // Where it comes from another place, the version is not repeated.
        let versions = match asked.elsewhere {
            true => ELSEWHERE.to_owned(),
            false => versions_in_one_form(&asked.requirement),
        };
        let source = (!asked.source.is_empty()).then(|| asked.source.clone());
        let sections = self.0.entry(member.to_owned()).or_default();
        for section in [asked.section.as_str(), ANY_SECTION] {
            let known = sections.entry(section.to_owned()).or_default();
            for what in [Some(&versions), source.as_ref()].into_iter().flatten() {
                known.entry(key(name, what, &asked.extras)).or_default().extend(platforms_for(&asked.marker));
            }
        }
    }

    /// Whether it repeats what is wanted, in a section or in any, and whether its condition names a version of Python where
    /// that is known.
    pub(super) fn has(&self, member: &str, section: Option<&str>, wanted: &Wanted, python: Option<bool>) -> bool {
        let Some(known) = self.0.get(member).and_then(|known| known.get(section.unwrap_or(ANY_SECTION))) else {
            return false;
        };
        let platform = platform_of(&wanted.marker);
        let says = |what: &str| {
            known.get(&key(&wanted.name, what, &wanted.extras)).is_some_and(|platforms| {
                platforms.contains(&platform) && python.is_none_or(|named| platforms.contains(names_python(named)))
            })
        };
        // The root of a workspace may have said that it comes from another place.
        match wanted.source.as_str() {
            "" => says(ELSEWHERE) || says(&versions_in_one_form(&wanted.requirement)),
            source => says(source),
        }
    }
}

/// Stands in the place of versions, none of which begins like it.
const ELSEWHERE: &str = "elsewhere";

const ANY_SECTION: &str = "*";

fn key(name: &str, what: &str, extras: &str) -> String {
    [name, what, extras].join("\n")
}
