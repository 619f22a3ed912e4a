return {
  summary = "No conflict markers are left behind by a merge.",
  severity = "fail",
  options = {
    ignore = { type = "strings", default = { "*.patch", "*.diff", "*.rej", "*.orig" }, doc = "Files in which markers are content." },
  },
}, function(options, report)
  local ignored = {}
  for _, path in danger.git.match(unpack(options.ignore)).any do
    ignored[path] = true
  end
  local wanted = {}
  for _, path in danger.git.match(options.paths or "**").any do
    wanted[path] = not ignored[path]
  end

  local open -- the conflict that has begun and not ended
  local function close(last)
    report(
      "A conflict marker is left in the file. Choose the lines that are right and delete the marker lines.",
      { file = open.file, line = open.number, end_line = last }
    )
    open = nil
  end
  for _, line in danger.git.added_lines() do
    if open and open.file ~= line.file then
      close(open.number)
    end
    if not wanted[line.file] then
      continue
    end
    if string.find(line.text, "^<<<<<<<[ \r]") or line.text == "<<<<<<<" then
      if open then
        close(open.number)
      end
      open = line
    elseif string.find(line.text, "^>>>>>>>[ \r]") or line.text == ">>>>>>>" then
      if not open then
        open = line
      end
      close(line.number)
    end
  end
  if open then
    close(open.number)
  end
end
