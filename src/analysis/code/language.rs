//! Which language a file is written in, by its name.

/// A language, or a family of languages that lex alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// C, C++, Objective-C.
    C,
    /// C#.
    CSharp,
    /// Dart.
    Dart,
    /// Elixir.
    Elixir,
    /// Go.
    Go,
    /// Java, Groovy.
    Java,
    /// JavaScript and TypeScript, also inside Vue, Svelte and Astro components.
    JavaScript,
    /// Kotlin.
    Kotlin,
    /// Lua and Luau.
    Lua,
    /// PHP between `<?php` and `?>`.
    Php,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
    /// Scala.
    Scala,
    /// Shell scripts, YAML, TOML and others that know little more than `#` and quotes.
    Plain,
    /// Swift.
    Swift,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 16] = [
        Language::C,
        Language::CSharp,
        Language::Dart,
        Language::Elixir,
        Language::Go,
        Language::Java,
        Language::JavaScript,
        Language::Kotlin,
        Language::Lua,
        Language::Php,
        Language::Python,
        Language::Ruby,
        Language::Rust,
        Language::Scala,
        Language::Plain,
        Language::Swift,
    ];

    /// By the file's name; `None` for one whose text nobody here can read.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "Rakefile" | "Gemfile" | "Guardfile" | "Capfile" | "Vagrantfile" | "Podfile" | "Fastfile" => {
                return Some(Language::Ruby);
            }
            "Dockerfile" | "Makefile" | "Jenkinsfile" => return Some(Language::Plain),
            _ => {}
        }
        Some(match name.rsplit_once('.')?.1 {
            "c" | "h" | "cc" | "cpp" | "cxx" | "hh" | "hpp" | "hxx" | "m" | "mm" => Language::C,
            "cs" => Language::CSharp,
            "dart" => Language::Dart,
            "ex" | "exs" => Language::Elixir,
            "go" => Language::Go,
            "java" | "groovy" | "gradle" => Language::Java,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" | "astro" => {
                Language::JavaScript
            }
            "kt" | "kts" => Language::Kotlin,
            "lua" | "luau" => Language::Lua,
            "php" => Language::Php,
            "py" | "pyi" => Language::Python,
            "rb" | "rake" | "gemspec" | "ru" | "jbuilder" => Language::Ruby,
            "rs" => Language::Rust,
            "scala" | "sc" => Language::Scala,
            "sh" | "bash" | "zsh" | "yml" | "yaml" | "toml" => Language::Plain,
            "swift" => Language::Swift,
            _ => return None,
        })
    }
}
