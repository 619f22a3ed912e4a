//! Files whose change is nothing that users of a project notice.

use crate::analysis::file_kinds::{fixtures, tests};

/// Such files beside tests and what those read.
const OTHERS: &[&str] = &[
    "**/{doc,docs,__mocks__,mocks,cypress,examples,example,benches,bench,benchmarks,benchmark,fuzz,ci,script,scripts,contrib,dist,artwork,Formula,HomebrewFormula,homebrew,brew}/**",
    "*.{stories,bench}.*",
    "*.d.{ts,mts,cts}",
    "*.pyi",
    "*.snap",
    "**/priv/static/**",
    "*.min.{js,css}",
    "*.{pb.go,map}",
    "*_pb2.py",
    "*.{md,mdx,rst,adoc}",
    "LICENSE*",
    "NOTICE*",
    "AUTHORS*",
    "CODEOWNERS",
    ".*",
    "/.*/**",
    "*.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "bun.lockb",
    "go.sum",
    "packages.lock.json",
    "gradle.lockfile",
    "requirements*.{txt,in}",
    "**/requirements*/*.{txt,in}",
    "{tox,pytest}.ini",
    "noxfile.py",
    "{Makefile,Justfile,justfile,Gemfile,Rakefile,rust-toolchain}",
    "{appveyor,azure-pipelines,codecov,mkdocs}.{yml,yaml}",
    "{Jenkinsfile,renovate.json,lerna.json,turbo.json,nx.json}",
    "{eslint,prettier,vitest,jest,rollup,playwright,commitlint}.config.*",
    "{clippy,rustfmt,deny,rust-toolchain,towncrier,ruff,release-plz,cliff}.toml",
    "pre-commit*.yaml",
    "dangerfile*.lua",
];

/// Patterns of files whose change needs no entry, unless a dangerfile says otherwise.
pub fn needs_no_entry() -> Vec<&'static str> {
    [tests(), fixtures(), OTHERS.to_vec()].concat()
}
