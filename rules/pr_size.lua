return {
  summary = "A pull request is small enough to be read with care.",
  severity = "warn",
  options = {
    max_lines = { type = "integer", default = 400, doc = "Changed lines, added and removed, up to which it stays silent." },
    ignore = {
      type = "globs",
      default = {
        "*.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum",
        "**/{vendor,node_modules,dist,third_party,generated,__snapshots__,snapshots}/**",
        "*.min.{js,css}", "*.snap", "*.svg", "*.pb.go", "*_pb2.py", "*.generated.*", "*.map",
      },
      doc = "Generated and vendored files, whose lines do not count.",
    },
  },
}, function(options, report)
  if danger.git.lines_of_code <= options.max_lines then
    return -- Most pull requests: no diff has to be read.
  end
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end

  local lines, files, largest, largest_lines = 0, 0, nil, 0
  for _, path in danger.git.match(options.paths or "**").any do
    local diff = if ignored[path] then nil else danger.git.structured_diff_for_file(path)
    local changed = 0
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.kind ~= "context" then
          changed += 1
        end
      end
    end
    lines += changed
    files += if changed > 0 then 1 else 0
    if changed > largest_lines then
      largest, largest_lines = path, changed
    end
  end
  if lines <= options.max_lines then
    return
  end
  local where = if files == 1 then `\`{largest}\`` else `{files} files`
  local hint = if files == 1 then "" else `; \`{largest}\` alone has {largest_lines}`
  report(
    `This pull request changes {lines} lines in {where}, more than the {options.max_lines} that are read with care. Consider splitting it{hint}.`
  )
end
