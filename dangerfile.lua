-- The rules that judge this repository; they run in CI through `scripts/test`.

use("work_in_progress", { drafts = false })
-- The cases of `lockfile` show a lockfile with a conflict.
use("conflict_markers", { ignore = { "*.patch", "*.diff", "*.rej", "*.orig", "rules/lockfile.cases.md" } })
use("missing_tests", { ignore = { "benches/**", "fuzz/**", "scripts/**", "dangerfile*.lua" } })
use("pr_size", { max_lines = 1500, severity = "message" })
use("changelog")
use("commit_messages")
use("large_files")
use("leftovers", { prints = false })
use("lockfile")
-- The rule and its tests are full of made-up tokens.
use("secrets", { ignore = { "rules/secrets.*", "src/analysis/secrets/**", "src/review/{hide,unspoken}.rs", "tests/data/corpus/**" } })
