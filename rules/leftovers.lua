local files = ...

return {
  summary = "Nothing that was only for debugging is left behind.",
  severity = "warn",
  options = {
    prints = {
      type = "boolean",
      default = true,
      doc = "Whether a print counts too, in a file that otherwise prints nothing.",
    },
    programs = {
      type = "globs",
      default = {
        "**/{bin,cmd,cli,script,scripts,tool,tools,task,tasks,template,templates,example,examples,demo,demos,sample,samples,bench,benches,benchmark,benchmarks,doc,docs,hack,ci}/**",
        "/.*/**", "{main,cli,manage,setup,conftest,build,console,__main__}.*", "*{_cli,-cli,Command,Cli}.*", "debug*.*", "*.rake", "Rakefile", "Gemfile", "*.config.*",
        "{gulpfile,Gruntfile,karma.conf,webpack,rollup}*", "**/tests/{ui,specs}/**",
      },
      doc = "Files that print on purpose: prints and dumps do not count there.",
    },
    tests = {
      type = "globs",
      default = {
        files.tests, files.test_like_folders, "**/{cypress,playwright,integration}/**",
      },
      doc = "What counts as a test: focused tests are looked for there, unwritten code is not.",
    },
    comments = {
      type = "strings",
      default = { "NOCOMMIT", "DO NOT COMMIT", "DO NOT MERGE", "DO NOT SUBMIT", "DONOTMERGE", "DONOTSUBMIT" },
      doc = "What a comment says that must not be merged. Add `TODO` or `FIXME` here when they may not be merged either.",
    },
    files = {
      type = "globs",
      default = { "*.orig", "*.rej", "*_{BACKUP,BASE,LOCAL,REMOTE}_[0-9]*", "*~", "*.sw[op]", ".DS_Store", "Thumbs.db" },
      doc = "New files that a merge, an editor or a system left behind.",
    },
    allow = { type = "strings", default = {}, doc = "Names that are no leftovers here, such as `console.log`." },
    also = { type = "strings", default = {}, doc = "More calls that are leftovers here, such as `Rails.logger.debug`." },
    ignore = {
      type = "globs",
      default = {
        files.vendored, files.fixtures, "**/{dist,generated,test_files,test-dts,snapshots}/**",
        "**/tests/{pass,fail}/**", "**/priv/static/**", "*.test-d.ts", "*.min.js", "*.min.mjs", "*.bundle.js", "*.d.ts", "dangerfile*.lua",
      },
      doc = "Files that are not judged.",
    },
  },
}, function(options, report, analyse)
  local ignored = {}
  for _, path in danger.git.match(options.ignore).any do
    ignored[path] = true
  end
  local touched = danger.git.match(options.paths or "**")

  local wanted = {}
  for _, path in touched.created do
    wanted[path] = not ignored[path]
  end
  for _, path in danger.git.match(options.files).created do
    if wanted[path] then
      report(
        `\`{path}\` is a file that a merge, an editor or a system left behind. Remove it with \`git rm --cached\`, and name it in \`.gitignore\` if it comes back.`,
        { file = path }
      )
      wanted[path] = nil
      ignored[path] = true
    end
  end

  local paths = {}
  for _, path in touched.edited do
    if not ignored[path] then
      table.insert(paths, path)
    end
  end
  local messages = {
    breakpoint = "`%s` stops the program here and waits for a debugger. Delete it before this is merged.",
    unwritten = "`%s` fails as soon as it is reached: this code is not written yet. Write it, or return an error that callers can handle.",
    dump = "`%s` shows a value to whoever debugs this code. Delete it, or log the value if operators need it.",
    output = "`%s` prints, and nothing else in this file does: it looks left over from debugging. Delete it, or use the logger if it is meant.",
    listed = "`%s` is on this repository's list of leftovers. Delete it before this is merged.",
    note = "A comment here says `%s`. Do what it waits for, or delete the comment.",
  }
  local found = analyse.leftovers({
    paths = paths,
    tests = danger.git.match(options.tests).edited,
    programs = danger.git.match(options.programs).edited,
    allow = options.allow,
    also = options.also,
    comments = options.comments,
  })
  for _, leftover in found do
    if leftover.kind ~= "output" or options.prints then
      report(leftover.text or string.format(messages[leftover.kind], leftover.name), {
        file = leftover.file,
        line = leftover.line,
        end_line = leftover.end_line,
        suggestion = leftover.suggestion,
      })
    end
  end
end
