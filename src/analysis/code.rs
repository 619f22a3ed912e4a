//! Source text as words, marks, texts and comments: enough of each language to know that a `print(` inside a string,
//! a comment or a heredoc is not a call.

mod brackets;
mod heredoc;
mod language;
mod lexer;
mod literals;
mod sections;
mod syntax;
mod token;

pub use brackets::closing;
pub use language::Language;
pub use lexer::tokenize;
pub use token::{Token, TokenKind};
