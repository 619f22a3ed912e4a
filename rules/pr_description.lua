return {
  summary = "A pull request says what it does and why.",
  severity = "warn",
  options = {
    min_length = { type = "integer", default = 20, doc = "Characters that a description has at least, without the template's comments, headings and empty boxes." },
  },
}, function(options, report)
  local body = danger.github.pr.body
  local kept = {}
  for _, line in string.split(string.gsub(body, "<!%-%-.-%-%->", ""), "\n") do
    local is_template = string.match(line, "^%s*#+") or string.match(line, "^%s*[-*]%s*%[ %]")
    if not is_template then
      table.insert(kept, line)
    end
  end
  local text = string.gsub(table.concat(kept, " "), "%s+", " ")
  text = string.match(text, "^%s*(.-)%s*$")
  local length = utf8.len(text) or #text
  if length >= options.min_length then
    return
  end
  if length == 0 then
    report("The description is empty. Say in a sentence or two what changes and why, for the reviewer and for whoever reads the history.")
  else
    report(`The description has {length} characters. Say in a sentence or two what changes and why, for the reviewer and for whoever reads the history.`)
  end
end
