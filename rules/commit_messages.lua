return {
  summary = "Commit messages say what the commits do.",
  severity = "warn",
  options = {
    judge = {
      type = { "commits", "title", "both" },
      default = "commits",
      doc = "What is judged: the commits, or the title of the pull request, which becomes the message where pull requests are squashed.",
    },
    conventional = { type = "boolean", default = false, doc = "Whether the first line is `type(scope): description`, as Conventional Commits want it." },
    types = {
      type = "strings",
      default = { "build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test" },
      doc = "The types that a conventional message may have.",
    },
    scopes = { type = "strings", doc = "The scopes that a conventional message may have; without it, any." },
    max_subject = { type = "integer", default = 85, doc = "Characters that the first line may have; 0 for any number. Git asks for 50 and GitHub shows 72; a few more are not worth a word." },
    allow_fixups = { type = "boolean", default = false, doc = "Whether `fixup!`, `squash!` and `amend!` are fine, because they are folded when merging." },
    ignore_authors = { type = "strings", default = {}, doc = "Logins or names whose commits are not judged; bots never are." },
  },
}, function(options, report, analyses)
  local function is_ignored(...)
    for index = 1, select("#", ...) do
      local name = select(index, ...)
      if name and (string.find(name, "[bot]", 1, true) or table.find(options.ignore_authors, name)) then
        return true
      end
    end
    return false
  end

  -- Each text that is judged: what it is called, and what it says.
  local judged = {}
  if options.judge ~= "title" then
    for _, commit in danger.github.commits do
      local author = commit.commit.author
      if #commit.parents < 2 and not is_ignored(author.name, author.email, commit.author and commit.author.login) then
        table.insert(judged, { sha = string.sub(commit.sha, 1, 7), message = commit.commit.message })
      end
    end
  end
  if options.judge ~= "commits" then
    local pr = danger.github.pr
    if pr.user.type ~= "Bot" and not is_ignored(pr.user.login) then
      table.insert(judged, { message = pr.title })
    end
  end

  -- By kind of mistake, so that twenty commits of one kind make one finding.
  local kinds, order = {}, {}
  local function note(kind, entry, detail)
    if not kinds[kind] then
      kinds[kind] = {}
      table.insert(order, kind)
    end
    table.insert(kinds[kind], { entry = entry, detail = detail })
  end

  for _, entry in judged do
    local read = analyses.commit_message(entry.message)
    entry.subject = read.subject
    if read.kind == "made" then
      continue
    elseif read.kind == "fold" then
      if not options.allow_fixups then
        note("fold", entry)
      end
      continue
    elseif read.kind == "unfinished" or read.kind == "empty" then
      note(read.kind, entry)
      continue
    end
    if options.conventional then
      if read.problem then
        note("shape", entry, read.problem)
      elseif not table.find(options.types, read.type) then
        note("type", entry, read.type)
      elseif options.scopes and read.scope and not table.find(options.scopes, read.scope) then
        note("scope", entry, read.scope)
      end
    end
    if options.max_subject > 0 and read.length > options.max_subject then
      note("long", entry, read.length)
    end
    if read.runs_on then
      note("runs_on", entry)
    end
  end

  local function name_of(entry)
    local subject = string.gsub(entry.subject, "`", "'")
    if utf8.len(subject) and utf8.len(subject) > 60 then
      subject = string.sub(subject, 1, utf8.offset(subject, 58) - 1) .. "..."
    end
    local quoted = if subject == "" then "an empty message" else `"{subject}"`
    return if entry.sha then `{entry.sha} {quoted}` else `The title {quoted}`
  end

  local function names_of(found)
    local names = {}
    for index = 1, math.min(#found, 3) do
      table.insert(names, name_of(found[index].entry))
    end
    if #found > 3 then
      return `{table.concat(names, ", ")} and {#found - 3} more`
    elseif #found > 1 then
      return `{table.concat(names, ", ", 1, #names - 1)} and {names[#names]}`
    end
    return names[1]
  end

  local base = string.sub(danger.git.base, 1, 10)
  local types = table.concat(options.types, ", ")
  for _, kind in order do
    local found = kinds[kind]
    local one, names, detail = #found == 1, names_of(found), found[1].detail
    local only_title = one and not found[1].entry.sha
    local reword = if only_title then "Edit the title" else `Reword {if one then "it" else "them"} with \`git rebase -i {base}\``
    if kind == "fold" then
      report(`{names} {if one then "is" else "are"} meant to be folded into an earlier commit. Run \`git rebase -i --autosquash {base}\` before merging.`)
    elseif kind == "unfinished" then
      report(`{names} {if one then "says" else "say"} that work is unfinished. {reword} when it is done.`)
    elseif kind == "empty" then
      report(`{names} {if one then "does" else "do"} not say what changes. {reword}: one line that tells a stranger what and why.`)
    elseif kind == "long" then
      local long = if one then `has a first line of {detail} characters, longer` else "have first lines that are longer"
      report(`{names} {long} than the {options.max_subject} characters that may be, and lists cut {if one then "it" else "them"}. {reword}: a short first line, details below an empty one.`)
    elseif kind == "runs_on" then
      report(`{names} {if one then "has" else "have"} no empty line below the first, so that git takes the next ones for part of it. {reword} and add the line.`)
    elseif kind == "shape" then
      report(`{names} {if one then "is" else "are"} not conventional: {if one then detail else "a type and a colon come first"}. {reword} to \`type: description\` with one of {types}.`)
    elseif kind == "type" then
      report(`{names} {if one then "has" else "have"} a type that is not used here{if one then ` (\`{detail}\`)` else ""}. {reword} and use one of {types}.`)
    else
      report(`{names} {if one then "has" else "have"} a scope that is not used here{if one then ` (\`{detail}\`)` else ""}. {reword} and use one of {table.concat(options.scopes, ", ")}, or none.`)
    end
  end
end
