return {
  summary = "A change that users can notice has an entry in the changelog.",
  severity = "fail",
  options = {
    path = { type = "string", doc = "The changelog. Without it, any of CHANGELOG, CHANGES, HISTORY or NEWS, with or without an ending." },
    ignore = {
      type = "strings",
      default = { "docs/**", "doc/**", "**/{test,tests,spec,__tests__}/**", "*.md", ".github/**", ".ci/**", "*.lock", ".gitignore" },
      doc = "Files whose change needs no entry.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether `#skip-changelog` in the description, or a title of type chore, ci, docs, style or test, skips the rule. True when the rule does not block.",
    },
  },
}, function(options, report)
  local changelogs = if options.path
    then { options.path }
    else { "{CHANGELOG,CHANGES,HISTORY,NEWS,Changelog,changelog,Changes,History}{,.md,.rst,.txt,.adoc}", "!**/node_modules/**" }
  local touched = danger.git.match(unpack(changelogs))
  for _, path in touched.edited do
    for _, hunk in (danger.git.structured_diff_for_file(path) or { hunks = {} }).hunks do
      for _, line in hunk.lines do
        if line.kind == "added" and string.find(line.text, "%w") then
          return
        end
      end
    end
  end

  local needing = danger.git.match(options.paths or "**")
  local ignored = danger.git.match(unpack(options.ignore))
  local first
  for _, path in needing.any do
    if not table.find(ignored.any, path) and not table.find(touched.any, path) then
      first = path
      break
    end
  end
  if first == nil then
    return
  end

  local author_may_skip = options.author_may_skip
  if author_may_skip == nil then
    author_may_skip = options.severity ~= "fail"
  end
  if author_may_skip then
    local pr = danger.github.pr
    local kind = string.match(pr.title, "^(%l+)[%(!:]")
    local quiet = { chore = true, ci = true, docs = true, style = true, test = true }
    if (kind and quiet[kind]) or string.find(pr.body, "#skip-changelog", 1, true) then
      return
    end
  end

  local name = options.path or "CHANGELOG.md"
  local text = `No changelog entry, although \`{first}\` changes. Add a line for users under "Unreleased" in \`{name}\``
  if options.skip_label then
    text ..= `, or set the label \`{options.skip_label}\` when nobody will notice`
  end
  report(text .. ".")
end
