-- Ranges of one file that are commented one by one; the rest is counted.
local MAX_RANGES = 20
-- Minutes of a day: whoever waits longer waits for nothing.
local MAX_WAIT = 1440

local files = ...

return {
  summary = "The tests run the lines that a pull request adds.",
  severity = "fail",
  options = {
    minimum = { type = "percent", default = 80, doc = "At least so many percent of the added lines that the reports know must have run." },
    minimums = { type = "percents", doc = "Other minimums for parts of the repository, as in `{ [\"src/billing/**\"] = 95 }`; each is held by itself." },
    target = { type = { "auto" }, doc = "Ask for what the whole project has at the base instead of `minimum`; where no report of the base is there, `minimum` counts." },
    ignore = {
      type = "globs",
      default = files.vendored,
      doc = "Files that do not count.",
    },
    partial = { type = { "covered", "missing" }, default = "covered", doc = "What a line counts as that ran while one of its branches did not." },
    unknown = { type = { "fail", "warn", "ignore" }, default = "warn", doc = "What becomes of a new or changed file that no report knows although reports know its language; tests are exempt." },
    table = { type = { "always", "below" }, default = "below", doc = "Whether the table by file is shown always, or only below the minimum." },
    wait = { type = "integer", default = 30, doc = "Minutes that a server waits for a report before the rule fails, at most a day; where no line is added it waits for none, and local runs never do." },
  },
}, function(options, report, analyses)
  local paths = table.clone(options.paths or { "**" })
  for _, pattern in options.ignore do
    table.insert(paths, "!" .. pattern)
  end
  local coverage = analyses.coverage(paths, options.partial == "missing", math.min(options.wait, MAX_WAIT))
  local softly = if options.severity == "message" then message else warn

  local function plural(count, noun)
    return if count == 1 then `1 {noun}` else `{count} {noun}s`
  end
  local function reaches(share, minimum)
    return share.covered * 100 >= minimum * share.lines
  end
  local function percent(share)
    return `{share.text} ({share.covered} of {plural(share.lines, "added line")})`
  end

  local unknown = {}
  local doubtful = {}
  for _, file in coverage.files do
    if file.doubtful then
      table.insert(doubtful, file)
    end
    if file.unknown and options.unknown ~= "ignore" then
      table.insert(unknown, file)
    end
  end

  if coverage.state == "nothing_added" then
    return
  elseif coverage.state == "no_report" and coverage.late then
    report(`Nothing is known of the added lines: {coverage.late}. Look whether the tests ran and sent their report for this commit, then run this check again.`)
    return
  elseif coverage.state == "no_report" then
    message("There is no report of coverage, so nothing is known of the added lines. Name one with `--report FILE`, or say where they lie with `settings { coverage_reports = { \"coverage/lcov.info\" } }`.")
    return
  elseif coverage.state ~= "measured" and (coverage.state ~= "nothing_measured" or #unknown > 0 or #doubtful > 0) then
    report(`Nothing is known of the added lines: {coverage.reason}.{if coverage.notes[1] then " " .. coverage.notes[1] else ""}`)
    return
  elseif coverage.state ~= "measured" then
    return
  end

  -- Which minimums are missed, and by which files.
  local below = {}
  local low = {}
  local base = if options.target == "auto" and coverage.project then coverage.project.base else nil
  if base and base.lines > 0 then
    if coverage.total.covered * base.lines < base.covered * coverage.total.lines then
      table.insert(below, `Coverage of the diff is {percent(coverage.total)}, below the {base.text} that the project has at the base.`)
      for _, file in coverage.files do
        low[file.path] = true
      end
    end
  elseif not reaches(coverage.total, options.minimum) then
    table.insert(below, `Coverage of the diff is {percent(coverage.total)}, below the minimum of {options.minimum} %.`)
    for _, file in coverage.files do
      low[file.path] = true
    end
  end
  local patterns = {}
  for pattern in options.minimums or {} do
    table.insert(patterns, pattern)
  end
  table.sort(patterns)
  for _, pattern in patterns do
    local part = { covered = 0, lines = 0 }
    local inside = {}
    for _, path in danger.git.match(pattern).any do
      inside[path] = true
    end
    for _, file in coverage.files do
      if inside[file.path] then
        part.covered += file.covered
        part.lines += file.lines
      end
    end
    if not reaches(part, options.minimums[pattern]) then
      part.text = `{math.floor(part.covered * 1000 / part.lines) / 10} %`
      table.insert(below, `Coverage of the diff in \`{pattern}\` is {percent(part)}, below its minimum of {options.minimums[pattern]} %.`)
      for path in inside do
        low[path] = true
      end
    end
  end
  for _, text in below do
    report(text)
  end

  for _, file in coverage.files do
    for index, range in if low[file.path] then file.missing_ranges else {} do
      local at = { file = file.path, line = range.first, end_line = range.last }
      if index > MAX_RANGES then
        softly(`{#file.missing_ranges - MAX_RANGES} more places of this file were not run by the tests.`, { file = file.path })
        break
      elseif range.count == 1 then
        softly("The tests do not run this line.", at)
      elseif range.count == range.last - range.first + 1 then
        softly(`The tests run none of these {range.count} lines.`, at)
      else
        softly(`The tests run none of the {range.count} lines of code here.`, at)
      end
    end
    if file.stale then
      softly("The coverage report knows lines behind the end of this file, so it was made of another version. Run the tests again.", { file = file.path })
    end
  end
  local unheard = if options.unknown == "fail" then report else softly
  for _, file in doubtful do
    local say = if file.unknown then unheard else softly
    say("A path in a coverage report could be this file or another one, so it does not count. Make the report with paths from the top of the repository.", { file = file.path })
  end
  for _, file in unknown do
    if file.doubtful then
      continue
    end
    unheard(`No coverage report knows this file, to which {plural(file.added, "line")} {if file.added == 1 then "is" else "are"} added. Load it in a test, or leave it out with \`ignore\`.`, { file = file.path })
  end

  if #below == 0 and options.table ~= "always" then
    return
  end
  local rows = { "| file | coverage | lines | missing |", "|---|---:|---:|---|" }
  for _, file in coverage.files do
    if #rows > 100 then
      table.insert(rows, "| ... | | | |")
      break
    end
    local missing = {}
    for index, range in file.missing_ranges do
      if index > 10 then
        table.insert(missing, "...")
        break
      end
      table.insert(missing, if range.first == range.last then tostring(range.first) else `{range.first}-{range.last}`)
    end
    local path = string.gsub(string.gsub(file.path, "`", "'"), "|", "\\|")
    if file.lines > 0 then
      table.insert(rows, `| \`{path}\` | {file.text} | {file.covered} of {file.lines} | {table.concat(missing, ", ")} |`)
    elseif file.unknown then
      table.insert(rows, `| \`{path}\` | - | - | in no report |`)
    end
  end
  local notes = ""
  if coverage.project then
    notes ..= `\n- The whole project: {coverage.project.head.text}, and {coverage.project.base.text} at the base.`
    for index, lost in coverage.project.lost do
      if index > 10 then
        notes ..= `\n- {#coverage.project.lost - 10} more files lost coverage outside of the diff.`
        break
      end
      notes ..= `\n- Outside of the diff, {plural(#lost.lines, "line")} of \`{(string.gsub(lost.path, "`", "'"))}\` ran at the base and {if #lost.lines == 1 then "does" else "do"} not run any more, from line {lost.lines[1]} on.`
    end
  end
  for _, note in coverage.notes do
    notes ..= `\n- {note}`
  end
  markdown(`**Coverage of the diff: {percent(coverage.total)}**\n\n{table.concat(rows, "\n")}{if notes == "" then "" else "\n" .. notes}`)
end
