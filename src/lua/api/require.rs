//! `require("./rules/x")`: another Lua file of the same repository and commit.

use super::super::error::ScriptError;
use super::super::options::text_of;
use super::super::plugins::find_plugin;
use super::super::script::compile;
use super::super::session::Session;
use crate::model::{FactKey, RepoPath};
use mlua::{Lua, Table, Value};
use std::rc::Rc;

/// Deepest chain of files that require each other.
const MAX_DEPTH: usize = 20;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, globals: &Table) -> mlua::Result<()> {
    let session = Rc::clone(session);
    let loaded = lua.create_table()?;
    let loading = std::cell::RefCell::new(Vec::<RepoPath>::new());
    let require = move |lua: &Lua, name: mlua::LuaString| {
        let name = text_of(&name);
        let here = session.error(lua, "").path;
        let path = resolve(&name, here.as_ref()).map_err(|message| session.mistake(lua, message))?;
        if let found @ (Value::Table(_) | Value::Function(_) | Value::String(_) | Value::Boolean(_)) =
            loaded.raw_get::<Value>(path.as_str())?
        {
            return Ok(found);
        }
        if loading.borrow().contains(&path) || loading.borrow().len() >= MAX_DEPTH {
            return Err(session
                .error(lua, format!("`{path}` requires itself, directly or through another file"))
                .into());
        }
        let key = (session.layer, path.clone());
        let text = match session.snapshot.sources.get(&key) {
            Some(Some(text)) => text.clone(),
            Some(None) => {
                return Err(session
                    .mistake(lua, format!("there is no file `{path}` in the repository, or it is no text in UTF-8"))
                    .into());
            }
            None => return Err(session.miss([FactKey::Source { layer: session.layer, path }])),
        };
        loading.borrow_mut().push(path.clone());
        let result =
            compile(lua, &session, &path, &text).map_err(mlua::Error::from).and_then(|body| body.call::<Value>(()));
        loading.borrow_mut().pop();
        let value = match result {
            Ok(Value::Nil) => Value::Boolean(true),
            Ok(value) => value,
            Err(error) => return Err(ScriptError::from_lua(&error).into()),
        };
        loaded.raw_set(path.as_str(), &value)?;
        Ok(value)
    };
    globals.set("require", lua.create_function(require)?)
}

/// The file that a name means: relative to the file that asks, `.lua` added when there is no ending.
fn resolve(name: &str, here: Option<&RepoPath>) -> Result<RepoPath, String> {
    if !name.starts_with("./") && !name.starts_with("../") {
        let hint = match find_plugin(name) {
            Some(advice) => format!("; {advice}"),
            None if name == "danger" => "; everything of Danger's is there without it".to_owned(),
            None => String::new(),
        };
        return Err(format!("require takes a path of this repository that begins with `./`, not \"{name}\"{hint}"));
    }
    let mut parts: Vec<&str> = here.map(|path| path.as_str().split('/').collect()).unwrap_or_default();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(format!("\"{name}\" leads out of the repository"));
                }
            }
            part => parts.push(part),
        }
    }
    let mut path = parts.join("/");
    if !path.ends_with(".lua") && !path.ends_with(".luau") {
        path.push_str(".lua");
    }
    Ok(RepoPath::new(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_file_that_asks() {
        let from = |name: &str, here: &str| resolve(name, Some(&RepoPath::new(here))).map(|path| path.to_string());
        assert_eq!(from("./rules/x", "dangerfile.lua"), Ok("rules/x.lua".to_owned()));
        assert_eq!(from("./x.luau", ".github/dangerfile.lua"), Ok(".github/x.luau".to_owned()));
        assert_eq!(from("../x", ".github/dangerfile.lua"), Ok("x.lua".to_owned()));
        assert!(from("../x", "dangerfile.lua").is_err());
        assert!(from("os", "dangerfile.lua").is_err());
        let expected = "require takes a path of this repository that begins with `./`, not \"danger-plugin-yarn\"; \
                        `use(\"lockfile\")` does this here";
        assert_eq!(from("danger-plugin-yarn", "dangerfile.lua"), Err(expected.to_owned()));
        assert!(from("/etc/passwd", "dangerfile.lua").is_err());
    }
}
