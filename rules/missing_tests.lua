return {
  summary = "Changed source code comes with changed tests, and tests do not get weaker.",
  severity = "warn",
  options = {
    sources = {
      type = "globs",
      default = {
        "*.{py,rb,go,rs,ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte,java,kt,scala,cs,php,ex,exs,swift,dart,c,cc,cpp,cxx,h,hpp,lua,luau}",
      },
      doc = "What counts as source code.",
    },
    tests = {
      type = "globs",
      default = {
        "**/{test,tests,spec,specs,__tests__,testdata,e2e,Tests}/**", "**/*.Tests/**", "{test,tests}.*", "*_{test,tests,spec}.*", "test_*.*",
        "*.{test,spec,cy,e2e,test-d}.*", "*{Test,Tests,Spec,IT}.{java,kt,scala,cs,php,swift}", "*.snap", "*.cases.md", "*_unittest.*", "conftest.py",
        "**/{androidTest,integrationTest,test-dts,fixtures,__fixtures__,__snapshots__}/**",
      },
      doc = "What counts as a test.",
    },
    ignore = {
      type = "globs",
      default = {
        "**/{vendor,node_modules,third_party,dist,build,generated,migrations,example,examples,demo,demos,playground,playgrounds,*-playground,benches,bench,benchmarks,__benchmarks__,scripts,docs}/**",
        "*.config.*", "*.bench.*", "*.d.ts", "*.min.js", "*.stories.*", "*.pb.go", "*_pb2.py", "*.generated.*", "setup.py", "build.rs", "dangerfile*.lua",
        ".*", "**/.*/**",
      },
      doc = "Source files that need no test.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether a title that says so (of the type build, chore, ci, docs, perf, refactor, revert, style, test or types, with a word such as `refactor`, `performance` or `typing`, or of a branch or tag that is merged) goes without a test. Without it, only when the rule does not block.",
    },
    each = {
      type = "boolean",
      default = false,
      doc = "Whether every source asks for a test of its own name, also when another test of its package was touched.",
    },
    weaker = {
      type = "boolean",
      default = true,
      doc = "Whether it also speaks when tests got weaker: fewer assertions, more skips, deleted files.",
    },
  },
}, function(options, report, analyse)
  local tests = danger.git.match(options.tests).any
  local exempt = {}
  for _, paths in { tests, danger.git.match(options.ignore).any } do
    for _, path in paths do
      exempt[path] = true
    end
  end
  local wanted = {}
  for _, path in danger.git.match(options.paths or "**").any do
    wanted[path] = true
  end
  local sources = {}
  for _, path in danger.git.match(options.sources).any do
    if wanted[path] and not exempt[path] then
      table.insert(sources, path)
    end
  end
  local found = analyse.missing_tests({ sources = sources, tests = tests, patterns = options.tests, each = options.each })

  local untested = found.untested
  local author_may_skip = options.author_may_skip
  if author_may_skip == nil then
    author_may_skip = options.severity ~= "fail"
  end
  if author_may_skip and #untested > 0 then
    local title = string.lower(danger.github.pr.title)
    local quiet = { "build", "chore", "ci", "doc", "docs", "deps", "perf", "refactor", "revert", "style", "test", "tests", "types" }
    local kind = string.match(title, "^(%l+)!?:") or string.match(title, "^(%l+)%b()!?:")
    local says_so = string.find(title, '^revert "') ~= nil or (kind ~= nil and table.find(quiet, kind) ~= nil)
    -- What was merged elsewhere was reviewed there.
    for _, merged in { "^merge branch ", "^merge tag ", "^merge remote%-tracking branch ", "^merge '?[%w%.%-_/]+'? into " } do
      says_so = says_so or string.find(title, merged) ~= nil
    end
    for _, word in {
      "clippy", "linter", "linting", "lints", "typing", "type hint", "type error", "type annotation", "mypy", "pyright", "typo", "formatting",
      "refactor", "clean up", "clean-up", "cleanup", "simplif", "performance", "optimiz", "optimis", "speed up", "faster", "more logging", "debug log",
      "dedup", "extract ", "reorganiz", "reorganis", "restructur", "drop support for", "drop python", "dependabot",
      "locali", "translat", "type ignore", "typescript", "(types)", "(deps", "rubocop", "eslint", "dead code", "bump ",
    } do
      says_so = says_so or string.find(title, word, 1, true) ~= nil
    end
    for _, how in { "use .+ instead of ", "replace .+ with ", "always use ", "move ", "rename ", "inline ", "switch .*to " } do
      says_so = says_so or string.find(title, "^" .. how) ~= nil or string.find(title, "^[%w/%-_]+: " .. how) ~= nil
    end
    if says_so then
      untested = {}
    end
  end

  -- One finding for each part of the repository, at the file that changes most.
  local advice = "Add a test that fails without this change, or tell the reviewer why none is needed."
  for _, area in untested do
    local names, touchable = {}, nil
    for index, file in area do
      if index <= 3 then
        table.insert(names, `\`{file.file}\``)
      end
      if not touchable and (file.own_test or file.inline_test) then
        touchable = file
      end
    end
    local first = area[1]
    if #area > 3 then
      names = `{table.concat(names, ", ")} and {#area - 3} more`
    elseif #area > 1 then
      names = `{table.concat(names, ", ", 1, #area - 1)} and {names[#area]}`
    else
      names = names[1]
    end
    local change = if #area == 1 then "changes" else "change"
    local said
    if not touchable then
      said = `{names} {change} and no test does.`
    elseif #area > 1 then
      local own = if touchable.own_test then `the test file \`{touchable.own_test}\`` else `tests in \`{touchable.file}\``
      said = `{names} {change} and no test of theirs does: {own} {if touchable.own_test then "exists and was" else "exist and were"} not touched.`
    elseif touchable.own_test then
      said = `{names} changes; its test file \`{touchable.own_test}\` exists and was not touched.`
    else
      said = `{names} changes; its tests, from line {touchable.inline_test} on, were not touched.`
    end
    report(`{said} {advice}`, { file = first.file, line = first.line })
  end

  if not options.weaker then
    return
  end
  local function counted(count, word)
    return if count == 1 then `{if word == "assertion" then "An" else "A"} {word}` else `{count} {word}s`
  end
  -- A revert takes the tests of what it reverts along.
  local is_revert = author_may_skip and string.find(string.lower(danger.github.pr.title), '^revert "') ~= nil
  for _, it in found.weaker do
    if is_revert and it.kind ~= "skipped" and it.kind ~= "focused" then
      continue
    end
    local at = { file = it.file, line = it.line }
    local is, count = if it.count == 1 then "is" else "are", it.count
    if it.kind == "skipped" then
      report(`{counted(count, "test")} {is} skipped from here on (\`{it.name}\`). Mend the test or the code, or say beside it when it comes back.`, at)
    elseif it.kind == "focused" then
      report(`\`{it.name}\` makes the test runner leave out every other test. Take the focus away, so that all of them run again.`, at)
    else
      at.side = if it.line then "LEFT" else nil
      local stay = "Put back what still holds, or tell the reviewer what checks it now."
      if it.kind == "fewer_assertions" then
        report(`{counted(count, "assertion")} {is} gone from tests that stay. {stay}`, at)
      elseif it.kind == "fewer_tests" then
        report(`{counted(count, "test")} {is} gone from \`{it.file}\`, and no code with {if count == 1 then "it" else "them"}. {stay}`, at)
      else
        report(`The test file \`{it.file}\` is deleted, and no code with it. {stay}`, at)
      end
    end
  end
end
