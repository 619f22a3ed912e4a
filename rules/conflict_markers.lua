return {
  summary = "No conflict markers are left behind by a merge.",
  severity = "fail",
  options = {
    ignore = { type = "globs", default = { "*.patch", "*.diff", "*.rej", "*.orig" }, doc = "Files in which markers are content." },
  },
}, function(options, report)
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end

  -- A marker is seven characters, then a space or the end of the line.
  local function has_marker(text, character)
    return string.find(text, "^" .. string.rep(character, 7) .. "%f[%s\0]") ~= nil
  end

  for _, path in danger.git.match(options.paths or "**").edited do
    local diff = if ignored[path] then nil else danger.git.structured_diff_for_file(path)
    local open = false -- whether a conflict has begun and not ended: each is reported once, where it begins
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        local begins = line.kind == "added" and has_marker(line.text, "<")
        local ends = line.kind == "added" and has_marker(line.text, ">")
        if begins or (ends and not open) then
          report(
            "A merge left a conflict marker here. Keep the lines that are right and delete those that begin with `<<<<<<<`, `=======` and `>>>>>>>`.",
            { file = path, line = line.new }
          )
        end
        open = begins or (open and not ends)
      end
    end
  end
end
