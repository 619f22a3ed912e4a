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
  for _, path in analyses.moved_files({}) do
    ignored[path] = true -- It is in the history already.
  end
  local candidates = {}
  for _, path in danger.git.match(options.paths or "**").edited do
    if not ignored[path] then
      table.insert(candidates, path)
    end
  end

  -- What `.gitattributes` gives to Git LFS. Its size comes with those of all files: where there is none, that is the only
  -- question.
  local any_attributes = options.lfs and #candidates > 0 and danger.git.file_size(".gitattributes") ~= nil
  local attributes = if any_attributes then danger.git.file(".gitattributes") else nil
  local for_lfs = if attributes then analyses.given_to_lfs({ text = attributes, paths = candidates }) else {}

  local given = {}
  for path in for_lfs do
    table.insert(given, path)
  end
  local has_lines = {}
  for _, changed in if #given > 0 then analyses.changed_lines({ paths = given }) else {} do
    has_lines[changed.file] = changed.lines > 0
  end
  for _, path in if #given > 0 then analyses.uncounted_files({}) else {} do
    has_lines[path] = true
  end

  -- Whether a file comes in where a pointer should. A pointer is a text of some 130 bytes; of an empty file there is none,
  -- and what only moves stays as it was.
  local function is_whole(path, size, binary)
    if binary or not has_lines[path] or size > 1024 then
      return (binary or has_lines[path]) and size > 1024
    end
    local diff = danger.git.structured_diff_for_file(path)
    for _, hunk in if diff and size > 0 then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.new == 1 then
          return not string.find(line.text, "^version https://%S+/spec/v%d")
        end
      end
    end
    return size > 0
  end

  local function readable(bytes)
    if bytes >= 1024 * 1024 then
      return string.gsub(string.format("%.1f MiB", bytes / 1024 / 1024), "%.0 ", " ")
    end
    return string.format("%d KiB", math.ceil(bytes / 1024))
  end

  for _, path in candidates do
    local pattern, binary = for_lfs[path], analyses.is_binary(path)
    local kib = if binary and options.max_binary_kib then options.max_binary_kib else options.max_kib
    local size = danger.git.file_size(path)
    if size == nil then
      continue -- A submodule.
    end
    if pattern and is_whole(path, size, binary) then
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
