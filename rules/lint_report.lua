-- A rule may report 1,000 findings.
local MAX_RESULTS = 900

-- So many failures, paths and notes are told one by one.
local MAX_TOLD = 20

-- Minutes of a day: whoever waits longer waits for nothing.
local MAX_WAIT = 1440

-- The most serious first.
local GRADES = { "error", "warning", "info" }

-- The results that there is room for, as they come, and the others counted by their grade in `left`.
local function most_serious(results, left)
  if #results <= MAX_RESULTS then
    return results
  end
  local room, kept = MAX_RESULTS, {}
  for _, severity in GRADES do
    for at, it in results do
      if it.severity == severity then
        if room > 0 then
          room -= 1
          kept[at] = true
        else
          left[severity] += 1
        end
      end
    end
  end
  local chosen = {}
  for at, it in results do
    if kept[at] then
      table.insert(chosen, it)
    end
  end
  return chosen
end

local function tell_some(texts, tell, more)
  for at, text in texts do
    if at > MAX_TOLD then
      tell(`{#texts - MAX_TOLD} {more}`)
      break
    end
    tell(text)
  end
end

local files = ...

return {
  summary = "What linters report on the lines of a pull request is said there.",
  severity = "warn",
  options = {
    expect = {
      type = "strings",
      default = {},
      doc = "Reports that must be there, each by its linter (`ruff`), its file name or the flag that it was sent with. JUnit and, where it has no results, checkstyle name no linter: only file name and flag tell them. Without it any one will do.",
    },
    filter = {
      type = { "added", "context", "file", "all" },
      default = "added",
      doc = "Which results count: on added lines, on lines that the diff shows, in changed files, or all.",
    },
    ignore = { type = "globs", default = files.vendored, doc = "Files that do not count." },
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
  local came = if #lint.reports == 0 then "" else ` These came: {table.concat(lint.reports, ", ")}. A report that does not name its linter is expected by its file name or its flag.`
  if lint.late then
    report(`Nothing tells that the linters are content: {lint.late}. Look whether they ran and sent their report for this commit, then run this check again.{came}`)
  elseif lint.absent then
    local which = if lint.absent == "" then "linter's report" else `linter's report \`{lint.absent}\``
    message(`There is no {which}, so nothing tells that the linters are content. Name one with \`--report FILE\`, or say where they lie with \`settings \{ lint_reports = \{ "build/*.sarif" } }\`.{came}`)
  end
  -- A linter that could not do its work is not content either.
  tell_some(lint.failures, report, "more failures of linters are not listed.")
  -- The linter's grade never makes it louder than the rule is.
  local say = { error = report, warning = softly, info = message }
  local left = { error = 0, warning = 0, info = 0 }
  for _, it in most_serious(lint.results, left) do
    local rule = if it.rule ~= "" and it.url then `[{it.rule}]({it.url})` elseif it.rule ~= "" then `\`{it.rule}\`` else ""
    local who = if it.tool ~= "" and rule ~= "" then `{it.tool} {rule}` else it.tool .. rule
    say[it.severity](if who == "" then it.message else `{it.message} ({who})`, {
      file = it.file,
      line = it.line,
      end_line = it.end_line,
      suggestion = it.suggestion,
    })
  end
  for _, severity in GRADES do
    if left[severity] > 0 then
      local all = left.error + left.warning + left.info
      local errors = if left.error > 0 then ` ({left.error} of them errors)` else ""
      say[severity](`... and {all} more results of linters{errors}, which are not listed. Look into the reports, or let \`ignore_rules\` and \`minimum\` leave some out.`)
      break
    end
  end
  local doubts = {}
  for _, it in lint.doubts do
    doubts[it.severity] = doubts[it.severity] or {}
    table.insert(doubts[it.severity], `\`{it.path}\` in a linter's report fits {it.fits} files, and nobody knows whether \`{it.file}\` is meant. Run the linter at the top of the repository, so that its report names whole paths.`)
  end
  for _, severity in GRADES do
    tell_some(doubts[severity] or {}, say[severity], "more paths in linters' reports fit several files.")
  end
  tell_some(lint.notes, message, "more notes on linters' reports are not listed.")
end
