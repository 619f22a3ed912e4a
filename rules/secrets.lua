local files = ...

return {
  summary = "No key, token or password is committed.",
  severity = "fail",
  options = {
    entropy = {
      type = "boolean",
      default = true,
      doc = "Whether a random-looking value counts when it is given to a name like `api_key` or `password`.",
    },
    fixtures = {
      type = "globs",
      default = {
        files.tests, files.fixtures, "**/{cypress,playwright,mocks,__mocks__,cassettes,snapshots,examples,example}/**",
        "*.{example,sample,template,tmpl,dist}", "*.{example,sample,template}.*", "*.cases.md",
      },
      doc = "Files in which secrets are made up: only tokens count whose own checksum proves them.",
    },
    documents = {
      type = "globs",
      default = {
        "*.{md,mdx,rst,adoc,txt,html,htm,svg,ipynb,po,csv,json5}", "*.{lock,sum,snap,map}", "*-lock.{json,yaml}", "*.min.js", "*.min.css", "**/.yarn/{releases,plugins,sdks}/**",
        files.vendored, "**/{doc,docs,locales,i18n}/**",
      },
      doc = "Files in which a name beside a value says little: only known shapes count, whatever `entropy` is.",
    },
    allow = {
      type = "strings",
      default = {},
      doc = "Values that are no secrets, such as a published test key.",
    },
    ignore = { type = "globs", default = {}, doc = "Files that are not judged." },
  },
}, function(options, report, analyse)
  local function set_of(patterns)
    local set = {}
    for _, path in danger.git.match(patterns).edited do
      set[path] = true
    end
    return set
  end
  local ignored = if #options.ignore > 0 then set_of(options.ignore) else {}
  local paths = {}
  for _, path in danger.git.match(options.paths or "**").edited do
    if not ignored[path] then
      table.insert(paths, path)
    end
  end

  local found = analyse.secrets({
    paths = paths,
    fixtures = danger.git.match(options.fixtures).edited,
    documents = danger.git.match(options.documents).edited,
    entropy = options.entropy,
    allow = options.allow,
  })
  for _, secret in found do
    local text
    if secret.proof == "guess" then
      text = `\`{secret.shown}\` is set to {secret.what}. If it is one, revoke it now {secret.revoke} and read the new one from the environment; if not, name the value in this rule's \`allow\`.`
    else
      local sure = if secret.proof == "checksum" then "" else " by its shape"
      text = `This is {secret.what}{sure} (\`{secret.shown}\`), and everybody who can see the commit has it, also after the line is gone. Revoke it now {secret.revoke}, then read the new one from the environment or a secret store.`
    end
    report(text, { file = secret.file, line = secret.line, end_line = secret.end_line, hide_source = true })
  end
end
