-- The rules of this repository. Each `use` switches a built-in rule on; `deckhand rules NAME` prints its page.
use("work_in_progress")
use("conflict_markers")
use("changelog", { path = "CHANGELOG.md", skip_label = "no-changelog" })
use("missing_tests")
use("pr_description")
use("pr_size")

-- What the linters of the build report on the lines of a pull request is said there.
use("lint_report")

-- A rule of our own, with a suggestion that one click applies.
rule("no-print", { blocking = false, paths = { "src/**/*.py" } }, function()
  for _, line in danger.git.added_lines("src/**/*.py") do
    local indent, what = line.text:match("^(%s*)print%((.*)%)%s*$")
    if what then
      warn("Write to the log instead of printing, so that the keeper can filter it.", {
        file = line.file,
        line = line.number,
        suggestion = indent .. "log.info(" .. what .. ")",
      })
    end
  end
end)
