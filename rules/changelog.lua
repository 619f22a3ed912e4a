-- A larger changelog is not copied into a fix.
local MAX_FIX_BYTES = 256 * 1024

local files = ...

return {
  summary = "A change that users can notice has an entry in the changelog.",
  severity = "fail",
  options = {
    path = {
      type = "string",
      doc = "The changelog. Without it, the one next above each changed file that is named changelog, changes, history, news or release notes; news fragments and changesets are known too.",
    },
    ignore = {
      type = "globs",
      default = files.needs_no_entry,
      doc = "Files whose change needs no entry.",
    },
    quiet_types = {
      type = "strings",
      default = { "chore", "ci", "docs", "doc", "style", "test", "tests", "build", "refactor", "types", "typing" },
      doc = "Types of the title, as in `chore: update the linter`, that need no entry where the author may skip.",
    },
    format = {
      type = "boolean",
      default = true,
      doc = "Whether the form of what is added is judged too: headings, dates, order, sections, links, numbers, doubles.",
    },
    allow = {
      type = "strings",
      default = {},
      doc = "Kinds of problems that are not reported, such as `no-number`.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether `#skip-changelog` in the description, or a title of a quiet type or about typos, lints, types, polish or refactoring, lets a missing entry pass. Without it, only when the rule does not block.",
    },
  },
}, function(options, report, analyse)
  local found = analyse.changelog({
    path = options.path,
    paths = options.paths or { "**" },
    ignore = options.ignore,
  })
  local softly = if options.severity == "message" then message else warn
  local allowed = {}
  for _, kind in options.allow do
    allowed[kind] = true
  end

  for _, problem in found.problems do
    if not allowed[problem.kind] and (options.format or problem.grave) then
      local say = if problem.grave then report else softly
      local at = { file = problem.file, line = problem.line, end_line = problem.end_line, suggestion = problem.suggestion }
      if problem.fix and #problem.fix <= MAX_FIX_BYTES then
        at.fix = { [problem.file] = problem.fix }
      end
      say(problem.message, at)
    end
  end
  if #found.missing == 0 then
    return
  end

  local author_may_skip = options.author_may_skip
  if author_may_skip == nil then
    author_may_skip = options.severity ~= "fail"
  end
  if author_may_skip then
    local pr = danger.github.pr
    local title = string.lower(pr.title)
    -- Users notice what breaks them, whatever its type.
    local kind = string.match(title, "^(%l+):") or string.match(title, "^(%l+)%b():")
    local is_quiet = not found.breaking and (found.internal or (kind ~= nil and table.find(options.quiet_types, kind) ~= nil))
    if is_quiet or string.find(string.lower(pr.body), "#skip-changelog", 1, true) then
      return
    end
  end

  local ways_out = {}
  if author_may_skip then
    table.insert(ways_out, "write `#skip-changelog` in the description")
  end
  if options.skip_label then
    local who = if options.severity == "fail" then "ask a maintainer for" else "set"
    table.insert(ways_out, `{who} the label \`{options.skip_label}\``)
  end
  local unless = if #ways_out > 0 then `, or {table.concat(ways_out, " or ")} if they will not notice` else ""

  for _, missing in found.missing do
    local others = if missing.more == 0 then "" elseif missing.more == 1 then " and another file" else ` and {missing.more} other files`
    local verb = if missing.more == 0 then "changes" else "change"
    local draft = missing.draft
    local name = missing.changelog or options.path
    local lacks = if found.style == "fragments"
      then "there is no news fragment"
      elseif found.style == "changesets" then "there is no changeset"
      else `{if name then `\`{name}\`` else "the changelog"} has no new entry`
    local text = `\`{missing.file}\`{others} {verb}, and {lacks}. Tell users in one line what changes for them{unless}.`
    local at = nil
    if draft and draft.line then
      at = { file = draft.file, line = draft.line, suggestion = draft.suggestion }
    elseif draft then
      local where = if found.style == "fragments" or found.style == "changesets" then ` in \`{draft.file}\`` elseif draft.under then ` under \`{draft.under}\`` else ""
      -- Code of its own in the entry needs other fences.
      local entry = string.gsub(draft.entry, "%s*\n%s*", " ")
      local code = if string.find(entry, "`", 1, true) then `\`\` {entry} \`\`` else `\`{entry}\``
      text ..= ` For example{where}: {code}`
      if #draft.text <= MAX_FIX_BYTES then
        at = { fix = { [draft.file] = draft.text } }
      end
    elseif found.style == "changesets" then
      text ..= " Run `npx changeset`, which asks for the packages."
    end
    report(text, at)
  end
end
