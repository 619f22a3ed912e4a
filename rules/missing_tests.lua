return {
  summary = "Changed source code comes with changed tests.",
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
        "*.{test,spec,cy}.*", "*{Test,Tests,Spec,IT}.{java,kt,scala,cs,php,swift}", "*.snap", "*.cases.md",
      },
      doc = "What counts as a test.",
    },
    ignore = {
      type = "globs",
      default = {
        "**/{vendor,node_modules,third_party,dist,build,generated,migrations,examples,benches,scripts,docs}/**",
        "*.config.*", "*.d.ts", "*.min.js", "*.stories.*", "*.pb.go", "*_pb2.py", "*.generated.*", "conftest.py", "setup.py", "build.rs", "dangerfile*.lua",
      },
      doc = "Source files that need no test.",
    },
  },
}, function(options, report)
  local tests = danger.git.match(options.tests)
  -- Which test belongs to which source is a later version's question: any touched test counts.
  if #tests.edited > 0 then
    return
  end
  local exempt = {}
  for _, paths in { tests.any, danger.git.match(options.ignore).any } do
    for _, path in paths do
      exempt[path] = true
    end
  end
  local wanted = {}
  for _, path in danger.git.match(options.paths or "**").any do
    wanted[path] = not exempt[path]
  end

  local comments = { py = "#", rb = "#", ex = "#", exs = "#", php = "#", lua = "%-%-", luau = "%-%-" }
  local function is_code(text, extension)
    text = string.match(text, "^%s*(.*)$")
    local comment = comments[extension]
    return string.find(text, "[%w\128-\255]") ~= nil
      and not string.find(text, "^//")
      and not string.find(text, "^/?%*[%s*/]")
      and not string.find(text, '^"""')
      and not (comment and string.find(text, "^" .. comment))
      and not string.find(text, "^__version__%s*=") -- a release
  end

  local untested, first = {}, nil
  for _, path in danger.git.match(options.sources).edited do
    local diff = if wanted[path] then danger.git.structured_diff_for_file(path) else nil
    local hunks = if diff then diff.hunks else {}
    local extension = string.match(path, "%.(%w+)$")

    -- A line that was only moved or indented differently is no change of behaviour.
    local gone = {}
    for _, hunk in hunks do
      for _, line in hunk.lines do
        if line.kind == "removed" then
          local letters = string.gsub(line.text, "%s", "")
          gone[letters] = (gone[letters] or 0) + 1
        end
      end
    end
    local any_gone = next(gone) ~= nil
    local place
    for _, hunk in hunks do
      for _, line in hunk.lines do
        -- One line is enough; only in Rust a test may still follow.
        if place and extension ~= "rs" then
          break
        end
        if line.kind ~= "added" then
          continue
        end
        -- Rust keeps tests beside the code: an attribute or an assertion is a touched test.
        if extension == "rs" and (string.find(line.text, "#%[[%w_:]*test[%]%(]") or string.find(line.text, "^%s*assert[%w_]*!")) then
          return
        end
        local letters = if any_gone then string.gsub(line.text, "%s", "") else ""
        if (gone[letters] or 0) > 0 then
          gone[letters] -= 1
        elseif not place and is_code(line.text, extension) then
          place = { file = path, line = line.new }
        end
      end
    end
    if place then
      table.insert(untested, `\`{path}\``)
      first = first or place
    end
  end
  if not first then
    return
  end
  local names = untested[1]
  if #untested > 3 then
    names = `{table.concat(untested, ", ", 1, 3)} and {#untested - 3} more`
  elseif #untested > 1 then
    names = `{table.concat(untested, ", ", 1, #untested - 1)} and {untested[#untested]}`
  end
  report(`{names} {if #untested == 1 then "changes" else "change"} and no test does. Add a test that fails without this change, or tell the reviewer why none is needed.`, first)
end
