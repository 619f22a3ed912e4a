//! Writes a hook to where git looks for it, and removes it again. A hook of somebody else is never touched.

use super::script::{HookName, calls_us, is_ours, line_for_others, render};
use crate::cli::common::Common;
use crate::cli::dangerfile;
use crate::cli::failure::{Failure, Status};
use crate::cli::terminal::{note, print_result};
use crate::git::{HooksScope, Repository};
use std::fs::{OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const EXECUTABLE: u32 = 0o755;

/// What stands where the hook belongs.
enum Standing {
    Nothing,
    Ours(String),
    /// Of somebody else; whether it calls us.
    Others(bool),
}

pub(super) fn install(common: &Common, repository: &Repository, hook: HookName) -> Result<Status, Failure> {
    let path = find_place(repository, hook)?;
    let program = std::env::current_exe()
        .map_err(|error| Failure::failed(format!("could not find the path of this program: {error}")))?;
    let script = render(hook, &program);
    let (shown, action) = (path.display(), hook.action());
    let said = match look(&path)? {
        Standing::Nothing => {
            write(&path, &script, true)?;
            format!("installed {shown}: what you {action} is judged first\n")
        }
        Standing::Ours(text) if text == script && is_executable(&path) => {
            format!("{shown} is installed already\n")
        }
        Standing::Ours(_) => {
            write(&path, &script, false)?;
            format!("renewed {shown}\n")
        }
        Standing::Others(true) => format!("{shown} calls deckhand already\n"),
        Standing::Others(false) => {
            return Err(Failure::usage(format!(
                "{shown} is a hook of somebody else and was left as it is: add this line to it, after its first:\n  {}",
                line_for_others(hook)
            )));
        }
    };
    print_result(common, &said)?;
    if let Some(top) = repository.top().filter(|top| dangerfile::find_in(top).is_none()) {
        note(common, &format!("there is no dangerfile in {} yet: `deckhand init` writes one", top.display()));
    }
    Ok(Status::Fine)
}

pub(super) fn uninstall(common: &Common, repository: &Repository, hook: HookName) -> Result<Status, Failure> {
    let path = find_place(repository, hook)?;
    let shown = path.display();
    let said = match look(&path)? {
        Standing::Nothing => format!("there is no hook {shown}\n"),
        Standing::Ours(_) => {
            std::fs::remove_file(&path)
                .map_err(|error| Failure::failed(format!("could not remove {shown}: {error}")))?;
            format!("removed {shown}\n")
        }
        Standing::Others(false) => format!("{shown} is not ours and was left as it is\n"),
        Standing::Others(true) => {
            return Err(Failure::usage(format!(
                "{shown} is a hook of somebody else that calls deckhand: take the line with `deckhand hook run` out of it"
            )));
        }
    };
    print_result(common, &said)?;
    Ok(Status::Fine)
}

/// The file of the hook.
fn find_place(repository: &Repository, hook: HookName) -> Result<PathBuf, Failure> {
    let hooks = repository.hooks()?;
    let (directory, name) = (hooks.directory, hook.as_str());
    if hooks.scope == HooksScope::Everywhere {
        return Err(Failure::usage(format!(
            "core.hooksPath sends all of your repositories to {}, so a hook there would judge every one of them: \
             add `{}` to its {name} yourself, or give this repository its own with `git config core.hooksPath .git/hooks`",
            directory.display(),
            line_for_others(hook)
        )));
    }
    if directory.exists() && !directory.is_dir() {
        return Err(Failure::usage(format!(
            "core.hooksPath is {}, which is no directory, so git runs no hooks here: change it with `git config core.hooksPath`",
            directory.display()
        )));
    }
    // Husky writes what lies in `_` anew at every install; people's hooks lie beside it.
    if directory.ends_with(".husky/_") {
        return Ok(directory.with_file_name(name));
    }
    Ok(directory.join(name))
}

fn look(path: &Path) -> Result<Standing, Failure> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Standing::Nothing),
        Err(error) => return Err(unreadable(path, &error)),
        // A link leads to a file that is kept somewhere else, by somebody else.
        Ok(metadata) if !metadata.is_file() => {
            let text = std::fs::read(path).unwrap_or_default();
            return Ok(Standing::Others(calls_us(&String::from_utf8_lossy(&text))));
        }
        Ok(_) => {}
    }
    let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(if is_ours(&text) { Standing::Ours(text) } else { Standing::Others(calls_us(&text)) })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("could not read {}: {error}", path.display()))
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

fn write(path: &Path, script: &str, is_new: bool) -> Result<(), Failure> {
    let save = || {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).mode(EXECUTABLE);
        let mut file = if is_new { options.create_new(true).open(path)? } else { options.truncate(true).open(path)? };
        file.write_all(script.as_bytes())?;
        file.set_permissions(Permissions::from_mode(EXECUTABLE))
    };
    save().map_err(|error: std::io::Error| Failure::failed(format!("could not write {}: {error}", path.display())))
}
