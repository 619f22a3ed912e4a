local files = ...

return {
  summary = "A large new feature can be switched off, and a flag that goes takes its uses along.",
  severity = "warn",
  options = {
    flags = {
      type = "globs",
      default = {
        "{flags,feature_flags,feature-flags,featureFlags,FeatureFlags,feature_toggles,features}.{yml,yaml,json,toml,rb,py,ts,tsx,js,mjs,go,rs,php,java,kt,cs,ex,exs,swift}",
        "**/{feature_flags,feature-flags,featureFlags}/**", "*.flags.{yml,yaml,json}", "*.flagd.json",
      },
      doc = "Files that declare feature flags.",
    },
    checks = {
      type = "strings",
      default = {
        "isEnabled", "is_enabled", "isFeatureEnabled", "is_feature_enabled", "featureEnabled", "feature_enabled", "useFlag", "useFlags", "useFeature",
        "flag_is_active", "switch_is_active", "Flipper", "Unleash", "LaunchDarkly", "ldclient", "boolVariation", "BoolVariation", "getBooleanValue",
        "get_boolean_value", "BooleanValue", "variation", "posthog", "growthbook", "Pennant", "FeatureManager", "IsEnabledAsync", "hasFeature", "has_feature",
      },
      doc = "Words in code that ask for a flag; every word with `feature_flag` or `featureFlag` in it counts too.",
    },
    max_lines = {
      type = "integer",
      default = 400,
      doc = "A feature is large when its new files hold more lines of code than this.",
    },
    sources = {
      type = "globs",
      default = {
        "*.{py,rb,go,rs,ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte,java,kt,scala,cs,php,ex,exs,swift,dart}",
      },
      doc = "New files that count as a feature.",
    },
    ignore = {
      type = "globs",
      default = {
        files.tests, files.fixtures, files.vendored,
        "**/{mocks,dist,build,generated,migrations,migrate,examples,example,benches,bench,benchmarks,scripts,script,bin,tools,docs,doc,stories,ci}/**",
        "*.{stories,config}.*",
        "**/priv/static/**", "*.d.ts", "*.min.js", "*.pb.go", "*_pb2.py", "*.generated.*", "/.*/**",
      },
      doc = "Files that are no part of a feature, and whose uses of a flag do not count.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether `#no-flag` in the description skips the rule. Without it, only when the rule does not block.",
    },
  },
}, function(options, report, analyse)
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end
  local touched = danger.git.match(options.paths or "**")
  local wanted = {}
  for _, path in touched.any do
    wanted[path] = true
  end
  local function wanted_of(paths)
    local list = {}
    for _, path in paths do
      if wanted[path] then
        table.insert(list, path)
      end
    end
    return list
  end
  local declarations = danger.git.match(options.flags)

  -- A flag that goes: what still asks for it?
  local gone = analyse.removed_flags({ paths = wanted_of(declarations.any), flags = declarations.any })
  local file_of, names, names_of_code = {}, {}, {}
  for _, flag in gone do
    if not file_of[flag.name] and #names < 20 then
      file_of[flag.name] = flag.file
      table.insert(names, flag.name)
      if flag.is_name_of_code then
        table.insert(names_of_code, flag.name)
      end
    end
  end
  if #names > 0 then
    local uses = analyse.uses({ names = names, names_of_code = names_of_code, flags = options.flags, ignore = options.ignore })
    local first, count = {}, {}
    for _, use in uses.places do
      count[use.name] = (count[use.name] or 0) + 1
      first[use.name] = first[use.name] or use
    end
    for _, name in names do
      local use = first[name]
      if use then
        local more = if count[name] == 1
          then ""
          elseif count[name] == 2 then ", as does one other line"
          elseif table.find(uses.cut, name) then `, as do at least {count[name] - 1} other lines`
          else `, as do {count[name] - 1} other lines`
        report(
          `The flag \`{name}\` is no longer declared in \`{file_of[name]}\`, and this line still asks for it{more}. Take the question out together with the branch that is not taken any more.`,
          { file = use.file, line = use.line }
        )
      elseif not uses.known then
        report(
          `The flag \`{name}\` is no longer declared here, and the rest of the repository could not be searched. Look for what still asks for it: \`git grep -w {name}\`.`,
          { file = file_of[name] }
        )
      end
    end
  end

  -- A large feature: is there a flag?
  local author_may_skip = options.author_may_skip
  if author_may_skip == nil then
    author_may_skip = options.severity ~= "fail"
  end
  local created = {}
  for _, path in wanted_of(danger.git.match(options.sources).created) do
    if not ignored[path] then
      table.insert(created, path)
    end
  end
  if #created == 0 or (#declarations.edited > 0 and #danger.git.added_lines(options.flags) > 0) then
    return
  end
  local uncounted = analyse.uncounted_files({})
  for _, path in uncounted do
    if table.find(created, path) then
      danger.git.structured_diff_for_file(path) -- Ends the rule, because the diff is cut.
    end
  end
  -- What is certain without a look at the code: not all lines that are added are code.
  if #uncounted == 0 and (danger.git.insertions <= options.max_lines or danger.git.deletions * 2 > danger.git.insertions) then
    return
  end
  local feature = analyse.features({ paths = created, checks = options.checks })
  local lines, largest = 0, feature.files[1]
  for _, file in feature.files do
    lines += file.lines
    if file.lines > largest.lines then
      largest = file
    end
  end
  -- Code that goes elsewhere in the same change was moved or replaced.
  if lines <= options.max_lines or danger.git.deletions * 2 > lines then
    return
  end
  local edited = {}
  for _, path in wanted_of(danger.git.match(options.sources).edited) do
    if not ignored[path] then
      table.insert(edited, path)
    end
  end
  if feature.asks or analyse.features({ paths = edited, checks = options.checks }).asks then
    return
  end
  local title = string.lower(danger.github.pr.title)
  local kind = string.match(title, "^(%l+)!?:") or string.match(title, "^(%l+)%b()!?:")
  if kind and table.find({ "refactor", "chore", "test", "tests", "docs", "doc", "build", "ci", "style", "perf", "fix", "revert" }, kind) then
    return
  end
  if author_may_skip and string.find(string.lower(danger.github.pr.body), "#no-flag", 1, true) then
    return
  end
  local others = if #feature.files == 1 then "" elseif #feature.files == 2 then " and another new file" else ` and {#feature.files - 1} other new files`
  local unless = if author_may_skip then ", or write `#no-flag` in the description if it may go live at once" else ""
  report(
    `\`{largest.file}\`{others} add{if #feature.files == 1 then "s" else ""} {lines} lines of code, and nothing here asks for a feature flag. Put what users reach behind one, so that it can be switched off without a release{unless}.`,
    { file = largest.file }
  )
end
