return {
  summary = "Changed source code comes with changed tests.",
  severity = "warn",
  options = {
    sources = {
      type = "strings",
      default = { "*.{py,rb,go,rs,ts,tsx,js,jsx,mjs,java,kt,scala,cs,php,ex,exs,swift,c,cc,cpp,h,hpp,lua,luau}" },
      doc = "What counts as source code.",
    },
    tests = {
      type = "strings",
      default = {
        "**/{test,tests,spec,specs,__tests__,testdata}/**", "*_test.*", "test_*.*", "*.test.*", "*.spec.*", "*_spec.*",
        "*{Test,Tests,Spec,IT}.{java,kt,scala,cs,php,swift}", "*.cases.md",
      },
      doc = "What counts as a test.",
    },
    ignore = {
      type = "strings",
      default = {
        "**/{vendor,node_modules,third_party,dist,build,generated,migrations,examples,benches,scripts}/**",
        "*.config.*", "*.d.ts", "*.min.js", "*.pb.go", "*_pb2.py", "conftest.py", "setup.py", "__init__.py", "build.rs", "dangerfile*.lua",
      },
      doc = "Source files that need no test.",
    },
  },
}, function(options, report)
  local is_test = {}
  for _, path in danger.git.match(unpack(options.tests)).any do
    is_test[path] = true
  end
  -- Which test belongs to which source is a later version's question: any touched test counts.
  if #danger.git.match(unpack(options.tests)).edited > 0 then
    return
  end
  local ignored = {}
  for _, path in danger.git.match(unpack(options.ignore)).any do
    ignored[path] = true
  end
  local wanted = {}
  for _, path in danger.git.match(options.paths or "**").any do
    wanted[path] = true
  end

  local function is_code(text)
    local trimmed = string.match(text, "^%s*(.-)%s*$")
    return trimmed ~= ""
      and not string.find(trimmed, "^//")
      and not string.find(trimmed, "^#[^%[!]")
      and trimmed ~= "#"
      and not string.find(trimmed, "^%-%-")
      and not string.find(trimmed, "^/?%*")
      and not string.find(trimmed, '^"""')
      and not string.find(trimmed, "^[%]%)}%[%({;,]+$")
  end

  local untested, first = {}, nil
  for _, path in danger.git.match(unpack(options.sources)).edited do
    if wanted[path] and not is_test[path] and not ignored[path] then
      local place
      for _, hunk in (danger.git.structured_diff_for_file(path) or { hunks = {} }).hunks do
        for _, line in hunk.lines do
          if line.kind ~= "added" then
            continue
          end
          if string.find(line.text, "#%[[%w_:]*test[%]%(]") then
            return -- Rust keeps its tests beside the code.
          end
          if not place and is_code(line.text) then
            place = { file = path, line = line.new }
          end
        end
      end
      if place then
        table.insert(untested, path)
        first = first or place
      end
    end
  end
  if not first then
    return
  end
  local names = {}
  for i = 1, math.min(#untested, 3) do
    names[i] = `\`{untested[i]}\``
  end
  local list = table.concat(names, ", ")
  if #untested > 3 then
    list ..= ` and {#untested - 3} more`
  end
  report(
    `No test changes with {list}. Add a test that fails without this change, or say in the description why none is needed.`,
    first
  )
end
