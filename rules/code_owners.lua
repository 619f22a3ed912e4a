return {
  summary = "Files that have owners are approved by one, and the file of owners can be read.",
  severity = "warn",
  options = {
    approval = {
      type = "boolean",
      default = true,
      doc = "Whether files with owners need the approval of one of them. Without it, the rule also runs without a pull request.",
    },
    require_owners = { type = "globs", doc = "Changed files that must have an owner; without it, none must." },
  },
}, function(options, report, analyses)
  local touched = danger.git.match(options.paths or "**").any

  local moved_from = {}
  for _, rename in danger.git.renamed_files do
    moved_from[rename.after] = rename.before
  end

  -- Lines of CODEOWNERS that GitHub passes over, where this change adds them.
  local places = { ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS" }
  local owners_file_changes = false
  for _, before in moved_from do
    owners_file_changes = owners_file_changes or table.find(places, before) ~= nil
  end
  for _, path in places do
    local named = danger.git.match("/" .. path)
    owners_file_changes = owners_file_changes or table.find(named.any, path) ~= nil
    if not table.find(named.edited, path) then
      continue
    end
    local diff = danger.git.structured_diff_for_file(path)
    local text = danger.git.file(path)
    local added = {}
    for _, hunk in if diff then diff.hunks else {} do
      for _, line in hunk.lines do
        if line.kind == "added" then
          added[line.new] = true
        end
      end
    end
    for _, problem in if text then analyses.code_owners_problems(text) else {} do
      if added[problem.line] then
        report(`GitHub passes over this line: {problem.reason}. Mend it, or the files that it means keep the owners of an earlier line, or none.`, {
          file = path,
          line = problem.line,
        })
      end
    end
  end

  -- Who will own a file: the file of owners may change as well, and of several GitHub reads the first.
  local at_head = {}
  if owners_file_changes then
    for _, path in places do
      local text = danger.git.file(path)
      if text then
        for index, found in analyses.code_owners_in({ file = path, text = text, paths = touched }) do
          at_head[touched[index]] = found
        end
        break
      end
    end
  end

  local must_have = {}
  if options.require_owners then
    for _, path in danger.git.match(options.require_owners).edited do
      must_have[path] = true
    end
    for _, path in analyses.moved_files({}) do
      must_have[path] = nil
    end
  end
  -- Files by the owners that they have together.
  local groups, order = {}, {}
  for _, path in touched do
    local found = analyses.code_owners(path)
    local later = if owners_file_changes then at_head[path] else found
    if not found and not later then
      return -- No file of owners.
    end
    local before = if found and moved_from[path] then analyses.code_owners(moved_from[path]) else nil
    if not later or #later.owners == 0 then
      local file = if later then later.file else found.file
      if before and #before.owners > 0 then
        report(
          `This file moves away from \`{before.pattern}\`, and nobody owns it any more ({table.concat(before.owners, ", ")} did). Add its new place to \`{file}\`.`,
          { file = path }
        )
      elseif must_have[path] then
        local why = if not later
          then `this change takes \`{file}\` away`
          elseif later.pattern then `\`{later.pattern}\` takes owners away`
          else `no pattern of \`{file}\` matches it`
        report(`Nobody owns \`{path}\`: {why}. Add a line with its owners.`, { file = path })
      end
    end
    if not found then
      continue -- On the base branch nobody has a say yet.
    end
    -- A moved file concerns those whose file it was.
    local owners = if #found.owners == 0 and before then before.owners else found.owners
    if #owners > 0 then
      local key = table.concat(owners, " ")
      if not groups[key] then
        groups[key] = { owners = owners, paths = {} }
        table.insert(order, groups[key])
      end
      table.insert(groups[key].paths, path)
    end
  end
  if not options.approval or #order == 0 or danger.github.pr.draft then
    return
  end

  -- The last word of each reviewer counts; a comment takes back nothing.
  local state, any_approval = {}, false
  for _, review in danger.github.reviews do
    local login = string.lower(review.user.login)
    if review.state ~= "COMMENTED" then
      state[login] = review.state
    end
  end
  for _, word in state do
    any_approval = any_approval or word == "APPROVED"
  end
  local awaited = {}
  for _, team in danger.github.requested_reviewers.teams do
    awaited[string.lower(team.slug)] = true
  end
  local author = string.lower(danger.github.pr.user.login)

  local function has_approved(owner)
    local name = string.lower(owner)
    local team = string.match(name, "^@[^/]+/(.+)$")
    if team then
      -- Who is in a team is not known. GitHub takes its request back when one of its members reviews.
      return any_approval and not awaited[team]
    elseif string.sub(name, 1, 1) == "@" then
      local login = string.sub(name, 2)
      return login == author or state[login] == "APPROVED"
    end
    return any_approval -- Whose mail address it is, is not known either.
  end

  for _, group in order do
    local approved = false
    for _, owner in group.owners do
      approved = approved or has_approved(owner)
    end
    if not approved then
      local owners = {}
      for _, owner in group.owners do
        table.insert(owners, `\`{owner}\``)
      end
      local first = `\`{group.paths[1]}\``
      local files = if #group.paths == 1 then first else `{first} and {#group.paths - 1} more {if #group.paths == 2 then "file" else "files"}`
      local who = table.concat(owners, " or ")
      report(`{files} {if #group.paths == 1 then "belongs" else "belong"} to {who}, and no owner has approved yet. Ask {if #owners == 1 then who else "one of them"} for a review.`)
    end
  end
end
