//! Writes a hook to where git looks for it, and removes it again. A hook of somebody else is never touched.

use super::script::{Call, HookName, calls_us, is_ours, render};
use crate::cli::common::Common;
use crate::cli::dangerfile;
use crate::cli::failure::{Failure, Status};
use crate::cli::shell::quote;
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
    /// Of somebody else.
    Others(String),
}

pub(super) fn install(common: &Common, repository: &Repository, hook: HookName) -> Result<Status, Failure> {
    let dangerfile = common.dangerfile.as_deref().map(|file| name_dangerfile(file, repository)).transpose()?;
    let call = Call { hook, dangerfile };
    let path = find_place(repository, &call)?;
    let program = std::env::current_exe()
        .map_err(|error| Failure::failed(format!("could not find the path of this program: {error}")))?;
    let script = render(&call, &program);
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
        Standing::Others(text) if call.is_in(&text) || (call.dangerfile.is_none() && calls_us(&text)) => {
            if !is_run(&path) {
                return Err(Failure::usage(format!(
                    "{shown} calls deckhand, but it is not executable, so git does not run it: `{}`",
                    make_executable(&path)
                )));
            }
            format!("{shown} calls deckhand already\n")
        }
        Standing::Others(text) => {
            let lines = call.lines_for_others();
            let these = if lines.contains('\n') { "these lines" } else { "this line" };
            let change = if calls_us(&text) {
                format!("calls deckhand in another way: put {these} in the place of its own")
            } else {
                format!("was left as it is: add {these} to it, after its first")
            };
            let executable = match is_run(&path) {
                true => String::new(),
                false => format!("\nIt is not executable, so git does not run it: `{}`", make_executable(&path)),
            };
            return Err(Failure::usage(format!(
                "{shown} is a hook of somebody else and {change}:\n{}{executable}",
                indent(&lines)
            )));
        }
    };
    print_result(common, &said)?;
    let judges_nothing = |top: &&Path| call.dangerfile.is_none() && dangerfile::find_in(top).is_none();
    if let Some(top) = repository.top().filter(judges_nothing) {
        note(common, &format!("there is no dangerfile in {} yet: `deckhand init` writes one", top.display()));
    }
    Ok(Status::Fine)
}

/// The dangerfile as the hook names it: git runs hooks at the top of the working tree, so that a file inside is named
/// from there.
fn name_dangerfile(file: &Path, repository: &Repository) -> Result<String, Failure> {
    dangerfile::load_named(file, repository.top())?;
    let full = file.canonicalize().map_err(|error| unreadable(file, &error))?;
    let top = repository.top().and_then(|top| top.canonicalize().ok());
    let name = top.and_then(|top| full.strip_prefix(top).ok().map(Path::to_owned)).unwrap_or(full);
    name.into_os_string().into_string().map_err(|name| {
        let name = name.to_string_lossy();
        Failure::usage(format!("{name}: its name is not UTF-8, so that no hook can name it; rename it"))
    })
}

pub(super) fn uninstall(common: &Common, repository: &Repository, hook: HookName) -> Result<Status, Failure> {
    let hooks = repository.hooks()?;
    let path = place_in(&hooks.directory, hook);
    let shown = path.display();
    let of_all = hooks.scope == HooksScope::Everywhere;
    let said = match look(&path)? {
        Standing::Nothing if of_all => {
            format!("there is no hook {shown}, where core.hooksPath sends all of your repositories\n")
        }
        Standing::Nothing => format!("there is no hook {shown}\n"),
        Standing::Ours(_) if of_all => {
            return Err(Failure::usage(format!(
                "{shown} judges all of your repositories, because core.hooksPath sends them there: \
                 remove the file if none of them is to be judged before a {}",
                hook.action()
            )));
        }
        Standing::Ours(_) => {
            std::fs::remove_file(&path)
                .map_err(|error| Failure::failed(format!("could not remove {shown}: {error}")))?;
            format!("removed {shown}\n")
        }
        Standing::Others(text) if !calls_us(&text) => format!("{shown} is not ours and was left as it is\n"),
        Standing::Others(_) => {
            let whose = if of_all { "of all of your repositories" } else { "of somebody else" };
            return Err(Failure::usage(format!(
                "{shown} is a hook {whose} that calls deckhand: take the line with `deckhand hook run` out of it, and \
                 those that keep its input in `$pushed`"
            )));
        }
    };
    print_result(common, &said)?;
    Ok(Status::Fine)
}

/// The file of a hook that is to be installed.
fn find_place(repository: &Repository, call: &Call) -> Result<PathBuf, Failure> {
    let hooks = repository.hooks()?;
    let directory = hooks.directory;
    if hooks.scope == HooksScope::Everywhere {
        return Err(Failure::usage(format!(
            "core.hooksPath sends all of your repositories to {}, so a hook there would judge every one of them: \
             give this repository its own with `git config core.hooksPath .git/hooks`, or add this to its {} yourself:\n{}",
            directory.display(),
            call.hook.as_str(),
            indent(&call.lines_for_others())
        )));
    }
    if directory.exists() && !directory.is_dir() {
        return Err(Failure::usage(format!(
            "core.hooksPath is {}, which is no directory, so git runs no hooks here: change it with `git config core.hooksPath`",
            directory.display()
        )));
    }
    Ok(place_in(&directory, call.hook))
}

/// Husky writes what lies in `_` anew at every install; people's hooks lie beside it.
const HUSKY: &str = ".husky/_";

/// The directory of those hooks.
const HUSKYS: &str = ".husky";

/// Where a hook lies, when git looks for it in `directory`.
fn place_in(directory: &Path, hook: HookName) -> PathBuf {
    match directory.ends_with(HUSKY) {
        true => directory.with_file_name(hook.as_str()),
        false => directory.join(hook.as_str()),
    }
}

/// Whether the hook runs: git asks for an executable file, and Husky gives those beside its directory to a shell.
fn is_run(path: &Path) -> bool {
    is_executable(path) || path.parent().is_some_and(|directory| directory.ends_with(HUSKYS))
}

fn make_executable(path: &Path) -> String {
    format!("chmod +x {}", quote(&path.to_string_lossy()))
}

fn indent(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn look(path: &Path) -> Result<Standing, Failure> {
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Standing::Nothing);
        }
        Err(error) => return Err(unreadable(path, &error)),
        // A link leads to a file that is kept somewhere else, by somebody else.
        Ok(metadata) if !metadata.is_file() => {
            let text = std::fs::read(path).unwrap_or_default();
            return Ok(Standing::Others(String::from_utf8_lossy(&text).into_owned()));
        }
        Ok(_) => {}
    }
    let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(if is_ours(&text) { Standing::Ours(text) } else { Standing::Others(text) })
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
