return {
  summary = "Unfinished work is not merged.",
  severity = "fail",
  options = {
    drafts = { type = "boolean", default = true, doc = "Whether a draft counts as unfinished." },
    commits = { type = "boolean", default = true, doc = "Whether commits that wait to be squashed (`fixup!`, `squash!`, `amend!`) count." },
  },
}, function(options, report)
  local pr = danger.github.pr
  local title = string.lower(pr.title)
  local marks = { "^%s*%[?wip%]?[%s:]", "^%s*%[?wip%]?$", "^%s*%[?draft%]?:", "^%s*%[draft%]", "[%[%(]wip[%]%)]", "^%s*🚧", "^%s*do not merge" }
  for _, mark in marks do
    if string.find(title, mark) then
      report("The title says that this is work in progress. Change the title when it is ready.")
      return
    end
  end
  if options.drafts and pr.draft then
    report("This is a draft. Mark it as ready for review when it is.")
    return
  end
  if options.commits then
    for _, commit in danger.git.commits do
      local subject = string.match(commit.message, "^[^\n]*") or ""
      if string.find(subject, "^fixup! ") or string.find(subject, "^squash! ") or string.find(subject, "^amend! ") then
        report(`The commit {string.sub(commit.sha, 1, 7)} waits to be squashed ("{string.sub(subject, 1, 60)}"). Run \`git rebase --autosquash\` before merging.`)
        return
      end
    end
  end
end
