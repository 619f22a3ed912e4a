return {
  summary = "Unfinished work is not merged.",
  severity = "fail",
  options = {
    drafts = { type = "boolean", default = true, doc = "Whether a draft counts as unfinished." },
    commits = {
      type = "boolean",
      default = true,
      doc = "Whether commits that wait to be squashed (`fixup!`, `squash!`, `amend!`) count; `false` suits a repository that squashes on merging.",
    },
  },
}, function(options, report)
  local pr = danger.github.pr
  local title = string.lower(pr.title)
  -- At the start, in brackets anywhere, or after a dash at the end: "Remove the WIP label" is finished work.
  local marks = {
    "^%s*wip%f[%W]", "^%s*draft%s*:", "^%s*draft%s+%-%s", "^%s*draft%s+–%s", "^%s*draft%s+—%s", "^%s*work in progress%f[%W]", "^%s*do not merge%f[%W]", "^%s*🚧",
    "[%[%(]wip[%]%)]", "[%[%(]draft[%]%)]", "[%[%(]work in progress[%]%)]", "[%[%(]do not merge[%]%)]", "[-:]%s*wip%s*$", "–%s*wip%s*$", "—%s*wip%s*$",
  }
  for _, mark in marks do
    local from, to = string.find(title, mark)
    if from then
      local words = string.match(string.sub(pr.title, from, to), "^%s*(.-)%s*$")
      report(`The title says that this is work in progress: \`{words}\`. Take that out of the title when the work is finished.`)
      return
    end
  end
  if options.drafts and pr.draft then
    report("This pull request is a draft. Mark it as ready for review when the work is finished.")
    return
  end
  if not options.commits then
    return
  end
  for _, commit in danger.git.commits do
    for _, mark in { "fixup!", "squash!", "amend!" } do
      if string.find(commit.message, "^" .. mark .. "%s") then
        report(
          `The commit {string.sub(commit.sha, 1, 7)} is a \`{mark}\` that waits to be squashed. Run \`git rebase -i --autosquash {pr.base.ref}\` and push the result with \`--force-with-lease\`.`
        )
        return
      end
    end
  end
end
