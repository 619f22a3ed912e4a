-- Minutes of a day: whoever waits longer waits for nothing.
local MAX_WAIT = 1440

return {
  summary = "What linters report on the lines of a pull request is said there.",
  severity = "warn",
  options = {
    expect = {
      type = "strings",
      default = {},
      doc = "Reports that must be there, each by its linter (`ruff`), its file name or the flag that it was sent with. Without it any one will do.",
    },
    filter = {
      type = { "added", "context", "file", "all" },
      default = "added",
      doc = "Which results count: on added lines, on lines that the diff shows, in changed files, or all.",
    },
    ignore = { type = "globs", default = { "**/{vendor,third_party,node_modules}/**" }, doc = "Files that do not count." },
    ignore_rules = { type = "strings", default = {}, doc = "Rules of the linters that are not repeated here, such as `F401`." },
    minimum = {
      type = { "error", "warning", "info" },
      default = "info",
      doc = "The least serious results that count, as the linter grades them.",
    },
    wait = {
      type = "integer",
      doc = "Minutes that a server waits for the reports, at most a day; then the rule says that they did not come. Without it, 30 where the rule blocks and none where it does not.",
    },
  },
}, function(options, report, analyse)
  local wait = options.wait
  if not wait and options.severity == "fail" then
    wait = 30
  end
  local lint = analyse.lint({
    filter = options.filter,
    patterns = options.paths or { "**" },
    except = options.ignore,
    minimum = options.minimum,
    ignore_rules = options.ignore_rules,
    expect = options.expect,
    wait = wait and math.min(wait, MAX_WAIT),
  })
  -- Without a report there is nothing to repeat, but a rule that blocks has not judged then.
  local softly = if options.severity == "message" then message else warn
  if lint.late then
    report(`Nothing tells that the linters are content: {lint.late}. Look whether they ran and sent their report for this commit, then run this check again.`)
  elseif lint.absent then
    local which = if lint.absent == "" then "linter's report" else `linter's report \`{lint.absent}\``
    message(`There is no {which}, so nothing tells that the linters are content. Name one with \`--report FILE\`, or say where they lie with \`settings \{ lint_reports = \{ "build/*.sarif" } }\`.`)
  end
  -- A linter that could not do its work is not content either.
  for _, failure in lint.failures do
    report(failure)
  end
  -- The linter's grade never makes it louder than the rule is.
  local say = { error = report, warning = softly, info = message }
  for _, it in lint.results do
    local rule = if it.rule ~= "" and it.url then `[{it.rule}]({it.url})` elseif it.rule ~= "" then `\`{it.rule}\`` else ""
    local who = if it.tool ~= "" and rule ~= "" then `{it.tool} {rule}` else it.tool .. rule
    say[it.severity](if who == "" then it.message else `{it.message} ({who})`, {
      file = it.file,
      line = it.line,
      end_line = it.end_line,
      suggestion = it.suggestion,
    })
  end
  for _, it in lint.doubts do
    say[it.severity](`\`{it.path}\` in a linter's report fits {it.fits} files, and nobody knows whether \`{it.file}\` is meant. Run the linter at the top of the repository, so that its report names whole paths.`)
  end
  for _, note in lint.notes do
    message(note)
  end
end
