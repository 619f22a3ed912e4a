return {
  summary = "No conflict markers are left behind by a merge.",
  severity = "fail",
  options = {
    ignore = { type = "globs", default = { "*.patch", "*.diff", "*.rej", "*.orig" }, doc = "Files in which markers are content." },
  },
}, function(options, report, analyse)
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end

  -- A marker is seven characters, then a space or the end of the line.
  local BEGIN, END = "^<<<<<<<%f[%s\0]", "^>>>>>>>%f[%s\0]"

  local judged = {}
  for _, path in danger.git.match(options.paths or "**").edited do
    if not ignored[path] then
      table.insert(judged, path)
    end
  end

  -- Nearly all files have no such line, and hunks are read line by line only where one is.
  for _, path in analyse.files_adding({ paths = judged, beginnings = { "<<<<<<<", ">>>>>>>" } }) do
    local diff = danger.git.structured_diff_for_file(path)
    local open = false -- whether a conflict has begun and not ended: each is reported once, where it begins
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.kind ~= "added" then
          continue
        end
        local begins = string.find(line.text, BEGIN) ~= nil
        local ends = string.find(line.text, END) ~= nil
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
