return {
  summary = "A change that users can notice has an entry in the changelog.",
  severity = "fail",
  options = {
    path = {
      type = "string",
      doc = "The changelog. Without it, any file named changelog, changes, history or news, and any file in `changelog.d`, `newsfragments` or `.changeset`.",
    },
    ignore = {
      type = "globs",
      default = {
        "**/{doc,docs,test,tests,spec,specs,__tests__,testdata,examples,benches,benchmarks}/**", "*_test.*", "test_*.*", "*.test.*", "*.spec.*", "*_spec.*",
        "*.{md,rst,adoc}", "LICENSE*", "CODEOWNERS", ".*", "/.*/**", "*.lock", "package-lock.json", "pnpm-lock.yaml", "go.sum",
        "requirements*.{txt,in}", "**/requirements/*.{txt,in}", "tox.ini", "noxfile.py", "appveyor.yml", "azure-pipelines.yml", "Jenkinsfile", "dangerfile*.lua",
      },
      doc = "Files whose change needs no entry.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether `#skip-changelog` in the description, or a title of the type chore, ci, docs, style or test, skips the rule. Without it, only when the rule does not block.",
    },
  },
}, function(options, report)
  local changelogs = danger.git.match(options.path or {
    "{CHANGELOG,CHANGES,HISTORY,NEWS,Changelog,ChangeLog,Changes,History,News,changelog,changes,history,news}{,.md,.rst,.txt,.adoc,.org}",
    "**/{changelog.d,newsfragments,.changeset}/**",
    "!**/{node_modules,vendor,third_party}/**",
  })
  for _, path in changelogs.edited do
    local diff = danger.git.structured_diff_for_file(path)
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.kind == "added" and string.find(line.text, "[%w\128-\255]") then
          return
        end
      end
    end
  end

  local exempt = {}
  for _, paths in { changelogs.any, danger.git.match(options.ignore).any } do
    for _, path in paths do
      exempt[path] = true
    end
  end
  -- A file that only moved is in neither list.
  local touched = danger.git.match(options.paths or "**")
  local first
  for _, paths in { touched.edited, touched.deleted } do
    for _, path in paths do
      if not first and not exempt[path] then
        first = path
      end
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
    local title = string.lower(pr.title)
    -- A `!` marks a breaking change, which users notice whatever its type.
    local kind = string.match(title, "^(%l+):") or string.match(title, "^(%l+)%b():")
    local is_quiet = kind ~= nil and table.find({ "chore", "ci", "docs", "style", "test" }, kind) ~= nil
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
  local name = if options.path then `\`{options.path}\`` else "the changelog"
  report(`\`{first}\` changes, and {name} has no new entry. Tell users in one line what changes for them{unless}.`)
end
