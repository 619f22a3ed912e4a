return {
  summary = "A pull request says what it does and why.",
  severity = "warn",
  options = {
    min_length = {
      type = "integer",
      default = 20,
      doc = "Characters that a description has at least, without the template's comments, headings and checkboxes.",
    },
  },
}, function(options, report)
  -- Without its comments; an unclosed one hides the rest on GitHub, too.
  local body, shown, from = danger.github.pr.body, {}, 1
  while from do
    local comment = string.find(body, "<!--", from, true)
    table.insert(shown, string.sub(body, from, if comment then comment - 1 else -1))
    local _, last = string.find(body, "-->", (comment or #body) + 4, true)
    from = if last then last + 1 else nil
  end
  body = table.concat(shown)

  local own = {}
  for _, line in string.split(body, "\n") do
    local is_template = string.find(line, "^%s*#+%s") or string.find(line, "^%s*[-*+]%s+%[[ xX]%]")
    if not is_template then
      for word in string.gmatch(line, "%S+") do
        table.insert(own, word)
      end
    end
  end
  local text = table.concat(own, " ")
  local length = utf8.len(text) or #text
  if length >= options.min_length then
    return
  end
  local what = if length == 0
    then "The description is empty"
    else `The description is only {length} {if length == 1 then "character" else "characters"} long`
  report(`{what}. Say in a sentence or two what changes and why, for the reviewer now and for whoever reads the history later.`)
end
