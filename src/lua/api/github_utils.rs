//! `danger.github.utils`: links to files and their texts, as Danger has them.

use super::super::options::describe;
use super::super::session::Session;
use super::git::{read_path, text_at};
use super::namespace;
use super::utils::{join, link_to, read_text, read_texts};
use crate::model::{FactKey, FileKey, PullRequest, RepoPath, Side};
use mlua::{Lua, Table, Value};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>) -> mlua::Result<Table> {
    let utils = namespace::empty(lua)?;
    let links = Rc::clone(session);
    utils.raw_set(
        "file_links",
        lua.create_function(move |lua, args: (Value, Value, Value, Value)| file_links(lua, &links, args))?,
    )?;
    let texts = Rc::clone(session);
    utils.raw_set(
        "file_contents",
        lua.create_function(move |lua, args: (Value, Value, Value)| file_contents(lua, &texts, args))?,
    )?;
    namespace::close(lua, session, "danger.github.utils", utils, namespace::no_field)
}

fn file_links(
    lua: &Lua,
    session: &Session,
    (paths, basename, slug, branch): (Value, Value, Value, Value),
) -> mlua::Result<String> {
    let owner = "danger.github.utils.file_links";
    let paths = read_texts(lua, session, owner, &paths)?;
    let basename = match basename {
        Value::Nil | Value::Boolean(true) => true,
        Value::Boolean(false) => false,
        other => {
            let message = format!("{owner} takes true or false second, got {}", describe(&other));
            return Err(session.error(lua, message).into());
        }
    };
    let slug = read_text(lua, session, &format!("{owner} takes a repository third"), &slug)?;
    let branch = read_text(lua, session, &format!("{owner} takes a branch fourth"), &branch)?;
    let pull = session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?;
    let slug = slug.or_else(|| pull.head.repo.as_ref().map(ToString::to_string));
    let root = root_of(pull).zip(slug);
    let branch = branch.unwrap_or_else(|| pull.head.name.clone());
    let words: Vec<String> = paths
        .iter()
        .map(|path| {
            let shown = if basename { RepoPath::new(path).file_name().to_owned() } else { path.clone() };
            match &root {
                Some((root, slug)) => {
                    let link = format!("{root}/{slug}/blob/{}/{}", encode(&branch), encode(path));
                    link_to(Some(&link), Some(&shown)).unwrap_or_default()
                }
                // A local run has no pages to link to.
                None => format!("`{shown}`"),
            }
        })
        .collect();
    Ok(join(&words))
}

/// `https://host` of the pull request's page.
fn root_of(pull: &PullRequest) -> Option<&str> {
    let scheme = pull.html_url.find("://")? + 3;
    let end = pull.html_url[scheme..].find('/')? + scheme;
    Some(&pull.html_url[..end])
}

/// A path in a URL: what is not plain is percent-encoded, `/` stays.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn file_contents(lua: &Lua, session: &Session, (path, slug, wanted): (Value, Value, Value)) -> mlua::Result<String> {
    let owner = "danger.github.utils.file_contents";
    let path = read_path(lua, session, owner, &path)?;
    let slug = read_text(lua, session, &format!("{owner} takes a repository second"), &slug)?;
    let wanted = read_text(lua, session, &format!("{owner} takes a branch or commit third"), &wanted)?;
    let side = if slug.is_none() && wanted.is_none() {
        Side::Right
    } else {
        let pull = session.need(lua, session.snapshot.pull.as_ref(), FactKey::Pull)?;
        side_of(session, pull, slug.as_deref(), wanted.as_deref()).ok_or_else(|| {
            let message = format!(
                "{owner} reads this pull request's head, or its base when named; no other commit or repository"
            );
            mlua::Error::from(session.error(lua, message))
        })?
    };
    Ok(text_at(lua, session, FileKey { side, path })?.unwrap_or_default().to_owned())
}

fn side_of(session: &Session, pull: &PullRequest, slug: Option<&str>, wanted: Option<&str>) -> Option<Side> {
    let subject = &session.snapshot.subject;
    let sides = [(Side::Right, &pull.head, &subject.head), (Side::Left, &pull.base, &subject.base)];
    let fits = |(_, side, commit): &(Side, &crate::model::Ref, &crate::model::CommitId)| {
        let same_repo = slug.is_none_or(|slug| side.repo.as_ref().is_some_and(|repo| repo.to_string() == slug));
        let same_ref =
            wanted.is_none_or(|name| name == side.name || name == side.sha.as_str() || name == commit.as_str());
        same_repo && same_ref
    };
    sides.into_iter().find(fits).map(|(side, _, _)| side)
}
