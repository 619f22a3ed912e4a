return {
  summary = "Actions from elsewhere are pinned to a commit.",
  severity = "warn",
  options = {
    allow = {
      type = "strings",
      default = { "slsa-framework/slsa-github-generator/*" },
      doc = "Actions that need no pin, such as `actions/*` or `my-org/build`; `*` stands for any text. The default can only be used by tag: its verifier reads the tag.",
    },
  },
}, function(options, report, analyses)
  local allowed = {}
  for _, name in options.allow do
    local pattern = string.gsub(string.gsub(name, "[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"), "%*", ".*")
    table.insert(allowed, `^{pattern}$`)
  end
  local function is_allowed(name)
    for _, pattern in allowed do
      if string.find(name, pattern) then
        return true
      end
    end
    return false
  end

  local judged = {}
  for _, path in danger.git.match(options.paths or "**").edited do
    judged[path] = true
  end

  -- First what is added, by file; the pins of all these files together can suggest a commit.
  local added, pins = {}, {}
  for _, path in danger.git.match(".github/workflows/*.{yml,yaml}", "action.{yml,yaml}", "!**/{node_modules,vendor,third_party}/**").edited do
    local diff = if judged[path] then danger.git.structured_diff_for_file(path) else nil
    local lines, gone, any = {}, {}, false
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.kind == "added" then
          lines[line.new] = line.text
          any = any or string.find(line.text, "uses", 1, true) ~= nil
        elseif line.kind == "removed" and not string.find(line.text, "^%s*#") then
          local uses = string.match(line.text, "uses:%s*[\"']?([^%s\"'#]+)")
          if uses then
            gone[uses] = (gone[uses] or 0) + 1
          end
        end
      end
    end
    local text = if any then danger.git.file(path) else nil
    if text then
      local uses = analyses.action_uses(text)
      table.insert(added, { path = path, uses = uses, lines = lines, gone = gone })
      for _, use in uses do
        local tag = if use.pinning == "fixed" and use.comment then string.match(use.comment, "^v?[%d%.]+") else nil
        if tag then
          pins[use.name] = pins[use.name] or {}
          pins[use.name][tag] = use.version
        end
      end
    end
  end

  -- The commit that a comment elsewhere calls by this version, or by a longer one.
  local function find_pin(use)
    for tag, commit in pins[use.name] or {} do
      if tag == use.version or string.sub(tag, 1, #use.version + 1) == use.version .. "." then
        return commit, tag
      end
    end
    return nil, nil
  end

  -- The line with the pin. Only where the use ends the line: the version goes into a comment, and that hides what follows.
  -- What a comment says besides the version stays.
  local function pinned(line, use, commit, tag)
    local first, last = string.find(line, use.uses, 1, true)
    if not first then
      return nil
    end
    local before, after = string.sub(line, 1, first - 1), string.sub(line, last + 1)
    local quote = string.match(before, "^%s*%-?%s*[\"']?uses[\"']?%s*:%s+([\"']?)$")
    if not quote or string.sub(after, 1, #quote) ~= quote then
      return nil
    end
    after = string.sub(after, #quote + 1)
    local comment = string.match(after, "^%s+#%s*(.-)%s*$")
    if not comment and not string.match(after, "^%s*$") then
      return nil
    end
    local words = comment or ""
    local first_word = string.match(words, "^%S+") or ""
    if first_word == use.version or string.match(first_word, "^v?%d[%d%.]*$") then
      words = string.match(words, "^%S+%s*#?%s*(.*)$")
    end
    return `{before}{use.name}@{commit}{quote} # {tag}{if words == "" then "" else ` # {words}`}`
  end

  -- The same use on many lines is one thing to mend, and is said once; a line that can be mended by a click is said by itself.
  local uses, order = {}, {}
  for _, file in added do
    for _, use in file.uses do
      local line = file.lines[use.line]
      if not line or use.pinning == "fixed" or use.pinning == "local" or is_allowed(use.name) then
        continue
      end
      -- A line that only moved is no new trust.
      if (file.gone[use.uses] or 0) > 0 then
        file.gone[use.uses] -= 1
        continue
      end
      local at = { file = file.path, line = use.line }
      local commit, tag = nil, nil
      if use.pinning == "movable" then
        commit, tag = find_pin(use)
      end
      if commit then
        at.suggestion = pinned(line, use, commit, tag)
        report(`\`{use.uses}\` is a tag or branch, which its owner can move to other code. Another line here pins \`{tag}\` to a commit: use the same.`, at)
      elseif uses[use.uses] then
        uses[use.uses].more += 1
      else
        uses[use.uses] = { use = use, at = at, more = 0 }
        table.insert(order, uses[use.uses])
      end
    end
  end

  for _, found in order do
    local use = found.use
    local what = `\`{use.uses}\`{if found.more == 0 then "" else ` (here and on {found.more} more added {if found.more == 1 then "line" else "lines"})`}`
    local text
    if use.pinning == "image_tag" then
      text = `{what} names an image by its tag, which can stand for other code tomorrow. Name its digest: \`{use.name}@sha256:...\`.`
    elseif use.pinning == "missing" then
      text = `{what} names no version, and GitHub refuses to run it. Add a full commit id: \`{use.name}@<commit id>\`.`
    elseif use.pinning == "short" then
      text = `{what} names a shortened commit id, which GitHub does not accept. Write all 40 digits.`
    else
      text = `{what} is a tag or branch, which its owner can move to other code that then runs with this repository's secrets. Pin the full commit id and keep the name as a comment: \`{use.name}@<commit id> # {use.version}\`.`
    end
    report(text, found.at)
  end
end
