-- The rules that judge this repository; they run in CI through `scripts/test`.

use("work_in_progress", { drafts = false })
use("conflict_markers")
use("missing_tests", { ignore = { "benches/**", "fuzz/**", "scripts/**", "dangerfile*.lua" } })
use("pr_size", { max_lines = 1500, severity = "message" })
use("changelog")
