-- What the author says of the change. `same`: that it behaves as before, or why it needs no test. `claim`: that it repairs
-- something (`repair`), that it brings something (`new`), that something is used in another way or given up (`upkeep`),
-- something else (`plain`), or too little to tell. `removes`: that something goes. `unskips`: that tests run again.
-- `tests_go`: that tests go with what they are for. `merged`: that it was reviewed elsewhere.
local nothing_said = {}

-- Types of conventional titles without new behaviour.
local QUIET = { "build", "chore", "ci", "doc", "docs", "deps", "perf", "refactor", "revert", "style", "test", "tests", "types" }

local SAME = {
  "clippy", "lint", "style", "compilation", "compile error", "typing", "type hint", "type error", "type annotation", "typehint", "type-hint", "mypy", "pyright", "phpstan", "psalm", "static analysis", "static-analysis", "docblock", "doc comment", "javadoc", "typo", "formatting",
  "refactor", "clean up", "clean-up", "cleanup", "cleaned up", "cleaning up", "simplif", "performance", "optimiz", "optimis", "speed up", "faster", "more logging", "debug log",
  "dedup", "duplicate code", "duplicated code", "code duplication", "remove duplicat", "extract ", "reorganiz", "reorganis", "restructur", "drop support for", "drop python", "dependabot",
  "locali", "translat", "type ignore", "typescript", "(types)", "(deps", "rubocop", "eslint", "dead code", "bump ",
  "allocation", "allocating", "cpu usage", "short-circuit", "prettier", "ruff", "flake8", "golangci", "staticcheck", "concise", "readab", "wording",
  "streamline", "moderni", "consolidat", "tidy", "decoupl", "spelling", "re-use", "no functional change", "merge conflict", "codemod", "code comment",
  "on 32-bit", "on 32 bit", "32-bit build", "32-bit system",
  "quadratic", "fix slow", "review comment", "fix ci", "ci failure", "pre-commit", "autoupdate",
}

-- How such a title begins, also behind a type or the name of a part: `search: move ...`.
local SAME_FROM_START = {
  "use .+ instead of ", "replace .+ with ", "always use ", "move ", "rename ", "inline ", "clarif%a* ", "touch up ", "deprecat%a* ", "switch .*to ", "split ", "convert ", "unify ", "reuse ", "make use of ",
  "merge branch ", "merge tag ", "merge v?%d[%w%.%-]* ?[%(#]?", "extracting ", "merge remote%-tracking branch ", "merge '?[%w%.%-_/]+'? into ",
  "v?%d+%.%d+[%w%.%-]*$", "release v?%d", "version v?%d", "prepare ", "bump$",
  "fix failing ", "fix flaky ", "fix broken tests?%f[%W]", "fix tests%f[%W]", "fix %w+ tests$", "fix build%f[%W]", "fix the build%f[%W]", "fix ci%f[%W]",
  "fix .*initiali[sz]ed warning", "fix \"?warning: ", "fix to compile ",
  "fix compilation", "fix compiler ", "add .+ to ci%f[%W]", "updat%a* .+ from v?%d.+ to v?%d", "test::", "fix.* deprecation", "fix deprecated ", "resolve.* deprecation", "ci%f[%W]", "fix warnings", "fix %w+ warnings", "fix [%w%s]*%f[%w]types%f[%W]", "improve [%w%s]*%f[%w]types%f[%W]",
}

-- The same of a title that claims neither a repair nor something new: what is done to the code, what goes no further than to
-- whoever builds it, and what runs elsewhere.
local SAME_UNCLAIMED = {
  "^fmt%f[%W]", "^lint%f[%W]", "^mnt%f[%W]", "^maint%f[%W]", "^nits?%f[%W]", "%f[%w]polish", "%f[%w]dry up", "%f[%w]unbundl", "%f[%w]centrali[sz]", "early return", "avoid unnecessary",
  "%f[%w]unexport", "lazy%-?%s?load", "%f[%w]lazily%f[%W]", "%f[%w]autoload", "circular dependenc", "circular import", "%f[%w]flak[iy]", "code scanning", "for clarity", "data race", "o%(1%)", "%f[%w]cheap",
  "suppress .*warning", "silence .*warning", "around warning", "warnings? about", "avoid .*warnings$", "%f[%w]rewrite ", "replaced .+ with ", "%f[%w]document%a* %l", "^describe ", "%f[%w]rework", "make .+ lazy%f[%W]", "benchmark",
  "updat%a* to [%w%s%.%-]*%d[%d%.]*$", "%f[%w]on go ?1%.%d", "%f[%w]since go ?1%.%d", "%f[%w]on ruby[ %-]?%d", "%f[%w]in ruby[ %-]?%d", "%f[%w]on node%.?j?s? v?%d", "%f[%w]ci$", "compatib%a+ with ",
}

-- Labels, also behind a group as in `type: refactor`.
local SAME_LABELS = { "refactor", "refactoring", "performance", "internal", "maintenance", "cleanup", "chore", "dependencies", "tech debt", "technical debt" }

-- What a body has to say in so many words.
local SAME_IN_BODY = { "no functional change", "no behavior change", "no behaviour change", "no change in behavior", "no change in behaviour", "pure refactor" }

-- What a sentence of a body says that tells the reviewer why no test is needed.
local TOLD = {
  "covered by existing", "covered by the existing", "covered by the same test", "existing coverage", "existing test coverage", "existing tests cover",
  "existing tests already", "existing tests are enough", "existing tests are sufficient", "existing tests suffice", "already covered by", "already tested by",
  "no new tests needed", "no new tests are needed", "no new tests necessary", "no tests needed", "no tests are needed", "no test needed", "no test is needed",
  "no tests as ", "no tests because", "no test because",
  "not adding tests", "not adding a test", "hard to test", "difficult to test", "impossible to test",
}

-- What a body says that is about how fast something is.
local SPEED = {
  "performance", "%f[%w]perf%f[%W]", "%f[%w]speed", "%f[%w]faster%f[%W]", "%f[%w]slower%f[%W]", "%f[%w]slow%f[%W]", "%f[%w]slowdown", "benchmark", "latency",
  "throughput", "overhead", "allocat", "%f[%w]allocs", "cpu time", "of cpu%f[%W]", "quadratic", "%f[%w]o%(n", "memory usage", "peak memory", "expensive", "inefficient",
  "more efficient", "hot path", "hot loop", "cheaper", "wasteful", "flame ?graph", "%f[%w]profiler?%f[%W]", "optimi[sz]ation",
}

-- What only measures say, also in a block of code.
local MEASURED = {
  "%d ?[munµ]*s? ±", "ns/op", "sec/op", "allocs/op", "%d%% faster", "%d%% slower", "%d%% speed", "%d ?x faster", "%d ?x speed", "%d times faster", "hyperfine", "benchstat",
  "%f[%w]strace%f[%W]", "%d ?[munµ]+s %->", "%d ?[munµ]+s →", "%d ?[munµ]+s to %d", "%d → [%d.]+ ?[munµ]*s%f[%W]", "%d %-> [%d.]+ ?[munµ]*s%f[%W]",
}

-- What a body does not say that is about nothing but speed.
local MORE_THAN_SPEED = {
  "%f[%w]bugs?%f[%W]", "%f[%w]buggy", "%f[%w]crash", "%f[%w]panic", "incorrect", "%f[%w]wrong", "regress", "%f[%w]fix%f[%W]", "%f[%w]fixes%f[%W]", "%f[%w]fixing", "[swb][er]e? fixed",
  "is fixed", "broken", "%f[%w]errors?%f[%W]", "%f[%w]now supports?%f[%W]", "%f[%w]now allows?", "%f[%w]now accepts?", "%f[%w]now returns?", "%f[%w]now raises?", "%f[%w]now rejects?",
  "support for%f[%W]", "breaking change", "restriction",
}

-- Of so many sentences, one is about speed.
local SENTENCES_FOR_EACH = 3

-- So much of a body is read.
local MAX_BODY = 10000

-- How words of a title begin that say of what was wrong that it is not any more.
local REPAIRS = {
  "fix%f[%W]", "fixes", "fixed", "fixing", "bug", "crash", "panic", "wrong", "incorrect", "correct", "regress", "broken", "leak", "race ", "racy", "deadlock", "hang", "secur", "vulnerab",
  "redos", "cve%-", "workaround",
}

-- How words of a title begin that say of what was not there that it is now.
local BRINGS = {
  "feat", "add ", "adds ", "added ", "adding ", "allow", "support", "implement", "introduc", "handl", "reject", "accept", "raise", "throw", "respect", "expos",
  "provid", "enabl", "disabl", "deprecate ", "deprecated ", "restor", "validat", "ensur", "prevent", "always ", "no longer ", "new ",
}

-- What a body says of an issue that it closes.
local CLOSES = { "fix%a*:? #%d+", "close%a*:? #%d+", "resolve%a*:? #%d+" }

-- How a title begins of something that is used in another way or given up, however short it is and whatever it closes.
local UPKEEP = { "updat%a* ", "upgrad%a* ", "remov%a* ", "drop%a* ", "revert%a* ", "use ", "address ", "tweaks? ?", "minor ", "reorder ", "rearrang%a* " }

-- A title of so few words says nothing.
local FEW_WORDS = 3

local function finds(text, patterns)
  for _, pattern in patterns do
    if string.find(text, pattern) then
      return true
    end
  end
  return false
end

local function has(text, words)
  for _, word in words do
    if string.find(text, word, 1, true) then
      return true
    end
  end
  return false
end

-- The sentences of a body that its author wrote: no comments, quotes, headings, check lists, code and trailers.
local function sentences_of(body)
  local sentences, open = {}, nil
  local fenced = false
  local function close()
    for sentence in string.gmatch(string.gsub(open or "", "([%.!?:]) +", "%1\n"), "[^\n]+") do
      if string.find(sentence, "%a%a%a") then
        table.insert(sentences, sentence)
      end
    end
    open = nil
  end
  for line in string.gmatch(`{string.gsub(body, "<!%-%-.-%-%->", "")}\n`, "(.-)\n") do
    local text = string.match(line, "^%s*(.-)%s*$")
    if string.find(text, "^```") or string.find(text, "^~~~") then
      fenced = not fenced
      close()
    elseif fenced or string.find(text, "^>") or string.find(text, "^#+ ") or string.find(text, "^[%-*] %[[ x]%]") or string.find(text, "^%a[%w%-]*%-by: ") then
      close()
    else
      if text == "" or string.find(text, "^[%-*|] ?") or string.find(text, "^%d+%. ") then
        close()
      end
      open = if open then `{open} {text}` else text
    end
  end
  close()
  return sentences
end

-- Whether a body tells why no test is needed, and whether it is about nothing but how fast something is.
local function what_body_says(body)
  body = string.sub(body, 1, MAX_BODY)
  local sentences = sentences_of(body)
  local told, fast, more = false, 0, false
  for _, sentence in sentences do
    told = told or has(sentence, TOLD) or string.find(sentence, "^[%-* ]*existing tests%.?$") ~= nil
    fast += if finds(sentence, SPEED) then 1 else 0
    local own = sentence
    for _, closes in CLOSES do
      own = string.gsub(own, closes, "")
    end
    own = string.gsub(string.gsub(own, "fix%a*:? https?://%S+", ""), "fix%a*:? %S+#%d+", "")
    own = string.gsub(own, "%f[%w]no%f[%W][%w%s]- regress%a*", "")
    more = more or finds(own, MORE_THAN_SPEED)
  end
  local about_speed = not more and (fast > 0 and fast * SENTENCES_FOR_EACH >= #sentences or finds(body, MEASURED))
  return told, about_speed
end

local function what_is_said(pr)
  local title, body = string.lower(pr.title), string.lower(pr.body)
  local kind = string.match(title, "^(%l+)!?:") or string.match(title, "^(%l+)%b()!?:")
  local rest = string.match(title, "^[%w/%-_,]+!?: (.*)") or string.match(title, "^%w+%b()!?: (.*)") or string.match(title, "^[%w/%-_]+, [%w/%-_, ]+: (.*)") or title
  local reverts = string.find(title, '^revert "') ~= nil
  local function starts(patterns)
    for _, how in patterns do
      if string.find(title, "^" .. how) or string.find(rest, "^" .. how) then
        return true
      end
    end
    return false
  end
  local labelled = false
  for _, label in pr.labels do
    local name = string.lower(label.name)
    labelled = labelled or table.find(SAME_LABELS, string.match(name, "[:/]%s*(.+)$") or name) ~= nil
  end
  -- `fix #12` closes something, whatever it is.
  local own = title
  for _, closes in CLOSES do
    own = string.gsub(own, closes, "")
  end
  own = string.gsub(own, "%(?#%d+%)?", "") .. " "
  local function has_words(beginnings)
    for _, how in beginnings do
      if string.find(own, "%f[%w]" .. how) then
        return true
      end
    end
    return false
  end
  local _, words = string.gsub(string.gsub(own, "^%w+!?: ", ""), "%w[^%s]*", "")
  local claim
  if has_words(REPAIRS) then
    claim = "repair"
  elseif has_words(BRINGS) then
    claim = "new"
  elseif starts(UPKEEP) then
    claim = "upkeep"
  elseif finds(title, CLOSES) or finds(body, CLOSES) then
    claim = "new"
  elseif words > FEW_WORDS then
    claim = "plain"
  end
  local told, about_speed = what_body_says(body)
  local claims_more = claim == "repair" or claim == "new"
  return {
    claim = claim,
    same = told or about_speed and not claims_more or reverts or labelled or table.find(QUIET, kind or title) ~= nil or starts(SAME_FROM_START)
      or not claims_more and finds(title, SAME_UNCLAIMED) or has(title, SAME) or has(body, SAME_IN_BODY),
    removes = starts({ "rm ", "remov%a* ", "drop%a* ", "delet%a* " }),
    unskips = finds(title, { "remov%a* [%w%s]*%f[%w]skips?$", "un%-?skip" }),
    tests_go = reverts or finds(title, { "duplicat.* tests?%f[%W]", "redundant .*tests?%f[%W]", "obsolete .*tests?%f[%W]", "unnec+es+ary .*tests?%f[%W]" })
      or starts({ "updat%a* to ", "upgrad%a* ", "bump ", "deps: ", "deprecat%a* " }) or string.find(title, "^deps: ") ~= nil,
    merged = finds(title, { "^merge branch ", "^merge tag ", "^merge remote%-tracking branch " }),
  }
end

-- Whether what the author says and what the code shows agree that a file behaves in another way.
local function is_worth_it(said, file, grows)
  local shows, has_tests = file.evidence == "strong", file.own_test ~= nil or file.inline_test ~= nil
  if said.same or file.evidence == "none" then
    return false
  elseif said.claim == "repair" then
    return true
  elseif said.claim == "new" then
    return shows or file.is_new
  elseif said.claim == "upkeep" then
    return grows
  elseif said.claim == "plain" then
    return grows or has_tests
  end
  return true
end

local files = ...

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
        files.tests, files.test_like_folders, files.fixtures,
        "*.snap", "*.cases.md", "*.feature", "*.*test",
      },
      doc = "What counts as a test.",
    },
    ignore = {
      type = "globs",
      default = {
        files.vendored,
        "**/{dist,build,generated,migrations,example,examples,_example,_examples,codemods,demo,demos,playground,playgrounds,*-playground,benches,bench,benchmarks,__benchmarks__,scripts,magefiles,docs,xtask,build-logic,buildSrc}/**", "{ci,doc,samples}/**",
        "*.config.*", "*.bench.*", "*.d.ts", "*.min.js", "*.stories.*", "*.pb.go", "*_pb2.py", "*.generated.*", "setup.py", "extconf.rb", "noxfile.py", "magefile.go", "build.rs", "dangerfile*.lua",
        ".*", "**/.*/**",
      },
      doc = "Source files that need no test.",
    },
    author_may_skip = {
      type = "boolean",
      doc = "Whether what the author says counts: a title of the type build, chore, ci, docs, perf, refactor, revert, style, test or types, with a word such as `refactor`, `performance` or `typing`, or of a branch or tag that is merged, a label such as `refactor`, a body that tells why no test is needed or that is about speed alone; and whether code has to show more where the title claims nothing new. Without it, only when the rule does not block.",
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
  local exempt, ignored = {}, {}
  for _, paths in { tests, danger.git.match(options.ignore).any } do
    for _, path in paths do
      exempt[path] = true
    end
  end
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
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
  local author_may_skip = options.author_may_skip
  if author_may_skip == nil then
    author_may_skip = options.severity ~= "fail"
  end
  local found = analyse.missing_tests({ sources = sources, tests = tests, patterns = options.tests, each = options.each, strict = not author_may_skip })

  local said = if author_may_skip then what_is_said(danger.github.pr) else nothing_said
  local blocks = options.severity == "fail"
  local findings = if blocks then {} else { {} }
  for _, area in found.untested do
    if blocks then
      table.insert(findings, {})
    end
    for _, file in area do
      local sure = if blocks then not said.same else is_worth_it(said, file, found.grows)
      if sure then
        table.insert(findings[#findings], file)
      end
    end
  end
  local function has_tests(file)
    return file.own_test ~= nil or file.inline_test ~= nil
  end
  local function first_with_tests(a, b)
    if has_tests(a) ~= has_tests(b) then
      return has_tests(a)
    end
    return if a.count == b.count then a.file < b.file else a.count > b.count
  end

  -- One finding, at the file that changes most and has tests where any has. Where it blocks, one for each part of the
  -- repository: what is waved through for one part is not for another.
  local advice = "Add a test that fails without this change, or tell the reviewer why none is needed."
  for _, untested in findings do
    if #untested == 0 then
      continue
    end
    table.sort(untested, first_with_tests)
    local names = {}
    for index, file in untested do
      if index <= 3 then
        table.insert(names, `\`{file.file}\``)
      end
    end
    local first = untested[1]
    local touchable = if has_tests(first) then first else nil
    if #untested > 3 then
      names = `{table.concat(names, ", ")} and {#untested - 3} more`
    elseif #untested > 1 then
      names = `{table.concat(names, ", ", 1, #untested - 1)} and {names[#untested]}`
    else
      names = names[1]
    end
    local change = if #untested == 1 then "changes" else "change"
    local saying
    if not touchable then
      saying = `{names} {change} and no test does.`
    elseif touchable.own_test and table.find(danger.git.changed_files, touchable.own_test) then
      saying = `{names} {change}; the test file \`{touchable.own_test}\` was touched, but gained nothing.`
    elseif #untested > 1 then
      local own = if touchable.own_test then `the test file \`{touchable.own_test}\`` else `tests in \`{touchable.file}\``
      saying = `{names} {change} and no test of theirs does: {own} {if touchable.own_test then "exists and was" else "exist and were"} not touched.`
    elseif touchable.own_test then
      saying = `{names} changes; its test file \`{touchable.own_test}\` exists and was not touched.`
    else
      saying = `{names} changes; its tests, from line {touchable.inline_test} on, were not touched.`
    end
    report(`{saying} {advice}`, { file = first.file, line = first.line })
  end

  if not options.weaker then
    return
  end
  local function counted(count, word)
    return if count == 1 then `{if word == "assertion" then "An" else "A"} {word}` else `{count} {word}s`
  end
  -- What types no longer say, their tests cannot.
  local types_change = #danger.git.match("*.d.{ts,mts,cts}").any > 0
  local weaker, kinds = {}, {}
  for _, it in found.weaker do
    local elsewhere = ignored[it.file] or types_change and it.kind == "fewer_assertions" and string.find(it.file, "%.test%-d%.") ~= nil
    -- A revert takes the tests of what it reverts along.
    local goes = said.unskips and it.kind == "skipped"
    goes = goes or said.tests_go and it.kind ~= "skipped" and it.kind ~= "focused" or said.merged and it.kind ~= "focused"
    -- What goes takes its tests along, and a test whose going is said is no oversight.
    if said.removes then
      local of_tests = string.find(string.lower(danger.github.pr.title), "test", 1, true) ~= nil
      goes = goes or it.kind == "fewer_tests" or not of_tests and (it.kind == "fewer_assertions" or it.kind == "deleted")
    end
    if not (elsewhere or goes) then
      table.insert(weaker, it)
      kinds[it.kind] = (kinds[it.kind] or 0) + 1
    end
  end
  local told = {}
  for _, it in weaker do
    -- What goes from many files is said once.
    local files = kinds[it.kind]
    if files > 3 and it.kind == "fewer_assertions" then
      if told[it.kind] then
        continue
      end
      told[it.kind] = true
      local all = 0
      for _, other in weaker do
        all += if other.kind == it.kind then other.count else 0
      end
      report(
        `{counted(all, "assertion")} are gone from tests that stay, in {files} files. Put back what still holds, or tell the reviewer what checks it now.`,
        { file = it.file, line = it.line, side = if it.line then "LEFT" else nil }
      )
      continue
    end
    local at = { file = it.file, line = it.line }
    local is, count = if it.count == 1 then "is" else "are", it.count
    if it.kind == "skipped" then
      report(`{counted(count, "test")} {is} skipped from here on (\`{it.name}\`). Mend the test or the code, or say beside it when it comes back.`, at)
    elseif it.kind == "focused" then
      report(it.text, at)
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
