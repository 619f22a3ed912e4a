-- An example to start from. Save it as `dangerfile.lua` (or `.github/dangerfile.lua`) on the default branch.
-- Try it without GitHub: `deckhand local --dangerfile dangerfile.example.lua`.
-- Everything that can be written here is listed in docs/dangerfile.md.

-- How the check and the comments behave. All of it is optional.
settings {
  max_inline_comments = 20, -- what is more goes into the summary comment
  ignore_authors = { "dependabot[bot]", "renovate[bot]" },
}

-- Built-in rules. `deckhand rules` lists them, `deckhand rules NAME` explains one.
-- Only a rule with the severity `fail` can block a merge; each takes `severity`, `paths` and `skip_label`.
use("conflict_markers")
use("secrets")
use("work_in_progress")
use("changelog", { path = "CHANGELOG.md", skip_label = "skip-changelog" })
use("lint_report") -- repeats what reports of linters say, where there are any
use("leftovers", { prints = false }) -- prints are judged by a rule of our own below
use("missing_tests", { paths = { "src/**" } })
use("pr_size", { max_lines = 400 })
use("pr_description")
use("commit_messages", { conventional = false }) -- `true` for `feat(scope): ...`
use("lockfile")
use("large_files", { max_kib = 1024, ignore = { "*.lock", "package-lock.json", "fixtures/**" } })
use("pinned_actions", { allow = { "actions/*" } })
use("code_owners", { approval = false }) -- `true` also names the owners who have not approved
-- use("diff_coverage", { minimum = 80 }) -- where a report of coverage arrives: an upload to the server, or `deckhand local --report lcov.info`
use("migration_safety", { allow = {} }) -- kinds of danger that this repository lives with
use("feature_flag", { flags = { "config/flags.yml" } })

-- A rule of your own has a name, options and a function. This one looks at every added line of some files
-- and says something on that line. `blocking = false` promises that it never fails the check.
rule("no-print", { blocking = false, paths = { "src/**/*.py" } }, function()
  for _, line in danger.git.added_lines("src/**/*.py") do
    if string.find(line.text, "^%s*print%(") then
      warn("A `print` is left in the code. Use the logger, or delete it.", { file = line.file, line = line.number })
    end
  end
end)

-- This one compares files with each other, and blocks: `blocking` is true unless you say otherwise.
-- A maintainer can let a pull request pass by setting the label.
rule("schema-with-docs", { paths = { "api/**" }, skip_label = "docs-later" }, function()
  local api = danger.git.match("api/**/*.{json,yaml}")
  local docs = danger.git.match("docs/api/**")
  if #api.edited > 0 and #docs.edited == 0 then
    fail(`\`{api.edited[1]}\` changes the API, and nothing in \`docs/api\` changes with it. Describe the change there.`)
  end
end)

-- Danger style, outside any rule, works too. It belongs to a rule named `dangerfile`.
if danger.github.pr.base.ref ~= "main" then
  message(`This goes into \`{danger.github.pr.base.ref}\`, not into \`main\`.`)
end
