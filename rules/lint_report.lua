return {
  summary = "What linters report on the lines of a pull request is said there.",
  severity = "warn",
  options = {
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
  },
}, function(options, report, analyse)
  local lint = analyse.lint({ filter = options.filter })
  -- Without a report there is nothing to repeat.
  local skipped = {}
  for _, rule in options.ignore_rules do
    skipped[rule] = true
  end
  -- Results lie in any file of the repository, changed or not.
  local files, seen = {}, {}
  for _, it in lint.results do
    if not seen[it.file] then
      seen[it.file] = true
      table.insert(files, it.file)
    end
  end
  local wanted = analyse.matching({ files = files, patterns = options.paths or { "**" }, except = options.ignore })

  -- The linter's grade never makes it louder than the rule is.
  local grades = { error = 3, warning = 2, info = 1 }
  local softly = if options.severity == "message" then message else warn
  local say = { error = report, warning = softly, info = message }
  for _, it in lint.results do
    if wanted[it.file] and not skipped[it.rule] and grades[it.severity] >= grades[options.minimum] then
      local rule = if it.rule ~= "" and it.url then `[{it.rule}]({it.url})` elseif it.rule ~= "" then `\`{it.rule}\`` else ""
      local who = if it.tool ~= "" and rule ~= "" then `{it.tool} {rule}` else it.tool .. rule
      say[it.severity](if who == "" then it.message else `{it.message} ({who})`, {
        file = it.file,
        line = it.line,
        end_line = it.end_line,
        suggestion = it.suggestion,
      })
    end
  end
  for _, note in lint.notes do
    message(note)
  end
end
