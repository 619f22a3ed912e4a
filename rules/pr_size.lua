local files = ...

return {
  summary = "A pull request is small enough to be read with care.",
  severity = "warn",
  options = {
    max_lines = { type = "integer", default = 400, doc = "Changed lines, added and removed, up to which it stays silent." },
    ignore = {
      type = "globs",
      default = {
        "*.lock", "*.lockfile", "{package-lock,npm-shrinkwrap,packages.lock}.json", "pnpm-lock.yaml", "go{,.work}.sum", "Package.resolved", ".terraform.lock.hcl",
        files.vendored, "**/{dist,generated,__snapshots__,snapshots}/**",
        "*.min.{js,css}", "*.snap", "*.svg", "*.pb.go", "*_pb2.py", "*.generated.*", "*.map",
      },
      doc = "Generated and vendored files, whose lines do not count.",
    },
  },
}, function(options, report, analyse)
  local uncounted = analyse.uncounted_files({})
  if #uncounted == 0 and danger.git.lines_of_code <= options.max_lines then
    return -- Most pull requests.
  end
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end

  local counted = {}
  for _, path in danger.git.match(options.paths or "**").any do
    if not ignored[path] then
      table.insert(counted, path)
    end
  end

  local lines, files, largest, largest_lines = 0, 0, nil, 0
  for _, changed in analyse.changed_lines({ paths = counted }) do
    lines += changed.lines
    files += if changed.lines > 0 then 1 else 0
    if changed.lines > largest_lines then
      largest, largest_lines = changed.file, changed.lines
    end
  end
  if lines <= options.max_lines then
    for _, path in uncounted do
      if table.find(counted, path) then
        danger.git.structured_diff_for_file(path) -- Ends the rule, because the diff is cut.
      end
    end
    return
  end
  local where = if files == 1 then `\`{largest}\`` else `{files} files`
  local hint = if files == 1 then "" else `; \`{largest}\` alone has {largest_lines}`
  report(
    `This pull request changes {lines} lines in {where}, more than the {options.max_lines} that are read with care. Consider splitting it{hint}.`
  )
end
