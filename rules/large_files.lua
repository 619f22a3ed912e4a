return {
  summary = "No large file is put into the history for ever.",
  severity = "fail",
  options = {
    max_kib = { type = "integer", default = 1024, doc = "KiB that a file may have." },
    max_binary_kib = { type = "integer", doc = "KiB that a binary file may have; without it, as many as any other." },
    lfs = { type = "boolean", default = true, doc = "Whether files that `.gitattributes` gives to Git LFS must be pointers." },
    ignore = {
      type = "globs",
      default = { "*.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "**/.yarn/{cache,releases}/**" },
      doc = "Files that may be large.",
    },
  },
}, function(options, report, analyses)
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end
  local candidates, any_binary = {}, false
  for _, path in danger.git.match(options.paths or "**").edited do
    if not ignored[path] then
      local binary = analyses.is_binary(path)
      any_binary = any_binary or binary
      table.insert(candidates, { path = path, binary = binary })
    end
  end

  -- What `.gitattributes` gives to Git LFS; only a binary file can be one that was not given.
  local for_lfs = {}
  local attributes = if options.lfs and any_binary then danger.git.file(".gitattributes") else nil
  for line in string.gmatch(attributes or "", "[^\r\n]+") do
    local pattern, rest = string.match(line, "^%s*([^#%s]%S*)(.*)$")
    if pattern and string.find(rest, "%sfilter=lfs%f[%s\0]") and not string.find(pattern, '["%[!]') then
      for _, path in danger.git.match(pattern).edited do
        for_lfs[path] = pattern
      end
    end
  end

  local function readable(bytes)
    if bytes >= 1024 * 1024 then
      return string.gsub(string.format("%.1f MiB", bytes / 1024 / 1024), "%.0 ", " ")
    end
    return string.format("%d KiB", math.ceil(bytes / 1024))
  end

  for _, file in candidates do
    local path, pattern = file.path, for_lfs[file.path]
    local kib = if file.binary and options.max_binary_kib then options.max_binary_kib else options.max_kib
    local size = danger.git.file_size(path)
    if size == nil then
      continue -- A submodule.
    end
    -- A pointer is a text of some 130 bytes.
    if file.binary and pattern and size > 1024 then
      report(
        `\`{path}\` comes in whole, and \`.gitattributes\` gives \`{pattern}\` to Git LFS. Run \`git lfs install\`, then \`git add --renormalize "{path}"\`, and amend the commit that adds it.`,
        { file = path }
      )
    elseif size > kib * 1024 then
      -- A file that was too large before is an old decision.
      local before = analyses.old_path(path)
      local old_size = if before then danger.git.file_size(before, "base") else nil
      if not old_size or old_size <= kib * 1024 then
        local extension = string.match(path, "%.(%w+)$")
        local what = if extension then `*.{extension}` else path
        local has, limit = readable(size), readable(kib * 1024)
        if has == limit then
          has, limit = `{size} bytes`, tostring(kib * 1024)
        end
        report(
          `\`{path}\` has {has}, more than {limit}, and would stay in the history of every clone. Keep it in Git LFS (\`git lfs track "{what}"\`) or outside the repository, and take it out of the commit that adds it.`,
          { file = path }
        )
      end
    end
  end
end
