//! The host's own Luau (prelude and built-in rules), compiled once a thread: a judge loads the same few texts for ever.
//! Scripts of repositories never come this way; they are always loaded as text.

use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    /// By the text's address: the texts are part of the binary.
    static COMPILED: RefCell<HashMap<usize, Rc<Vec<u8>>>> = RefCell::default();
}

/// Compiles every script. Luau would look `danger.github.reviews` up when code is loaded and not when it runs, so that a
/// rule would read facts that it does not come to; with globals that may change it does not.
pub(super) fn compiler() -> Compiler {
    // Whether the machine takes its short way through these depends on the garbage collector, and only the long way is a
    // step: with the long way alone, the same run takes the same steps.
    Compiler::new().set_mutable_globals(["danger", "robot"]).set_disabled_builtins([
        "string.char",
        "string.sub",
        "tostring",
    ])
}

/// Loads a text of our own under a chunk name such as `=deckhand`.
pub(super) fn load_own(lua: &Lua, source: &'static str, name: &str) -> mlua::Result<Function> {
    let known = COMPILED.with_borrow(|compiled| compiled.get(&(source.as_ptr() as usize)).cloned());
    let bytecode = match known {
        Some(bytecode) => bytecode,
        None => {
            let bytecode = Rc::new(compiler().compile(source)?);
            COMPILED.with_borrow_mut(|compiled| compiled.insert(source.as_ptr() as usize, Rc::clone(&bytecode)));
            bytecode
        }
    };
    lua.load(bytecode.as_slice()).set_name(name).set_mode(ChunkMode::Binary).into_function()
}
