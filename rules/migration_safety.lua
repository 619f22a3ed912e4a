local files = ...

return {
  summary = "A migration neither blocks nor breaks a database that is in use.",
  severity = "fail",
  options = {
    also = {
      type = "globs",
      doc = "Migrations that lie where no tool's convention looks; a pattern may name any SQL.",
    },
    framework = {
      type = {
        "sql", "flyway", "goose", "dbmate", "prisma", "diesel", "sqlx", "liquibase", "django", "alembic", "rails", "ecto",
        "knex", "typeorm", "sequelize", "kysely",
      },
      doc = "The tool that runs them, where paths and marks tell the wrong one.",
    },
    in_transaction = {
      type = "boolean",
      doc = "Whether the tool runs each SQL file in one transaction, where that cannot be told.",
    },
    allow = {
      type = "strings",
      default = {},
      doc = "Kinds of danger that are not reported, such as `drop-column`.",
    },
    style = {
      type = "boolean",
      default = false,
      doc = "Whether matters of style are said too, as warnings.",
    },
    uses = {
      type = "boolean",
      default = true,
      doc = "Whether the head is searched for what still uses a dropped or renamed column or table.",
    },
    code = {
      type = "globs",
      default = {
        "*.{py,rb,rake,go,rs,ts,tsx,js,jsx,mjs,cjs,vue,svelte,java,kt,kts,scala,groovy,cs,fs,vb,php,ex,exs,swift,dart,clj}",
        "*.{sql,graphql,gql,html,erb,haml,slim,heex,eex,leex,hbs,ejs,j2,jinja,jinja2,twig}",
      },
      doc = "Code that may depend on the schema.",
    },
    ignore = {
      type = "globs",
      default = {
        files.vendored, files.fixtures, files.test_folders,
        "**/{schema.rb,structure.sql,schema.prisma,schema.sql}", "**/{seeds,seed,factories}/**",
      },
      doc = "Files that are neither migrations nor code that uses the schema.",
    },
  },
}, function(options, report, analyse)
  -- Code that may depend on the schema, outside of migrations.
  local ignored = table.clone(options.ignore)
  table.insert(ignored, "**/{migrations,migrate,migration,versions}/**")
  local searched = table.clone(options.code)
  for _, pattern in ignored do
    table.insert(searched, "!" .. pattern)
  end

  local migrations = analyse.migrations({
    paths = options.paths or { "**" },
    also = options.also or {},
    ignore = options.ignore,
    framework = options.framework,
    in_transaction = options.in_transaction,
    code = if options.uses then searched else nil,
  })
  if #migrations == 0 then
    return
  end
  local allowed = {}
  for _, name in options.allow do
    allowed[name] = true
  end

  local function text_of(finding)
    return if finding.help then `{finding.message}\n\n{finding.help}` else finding.message
  end

  -- The directory of a file, "" at the root.
  local function directory_of(path)
    return string.match(path, "^(.*)/[^/]*$") or ""
  end

  local function shown(places)
    local words = {}
    for index, place in places do
      if index > 3 then
        break
      end
      table.insert(words, `\`{place.file}:{place.line}\``)
    end
    local more = #places - #words
    return table.concat(words, ", ") .. (if more > 0 then ` and {more} more` else "")
  end

  -- How far the search went, where not all files were read.
  local function reach(uses)
    return if uses.read < uses.of then ` (in the {uses.read} likeliest of {uses.of} files)` else ""
  end

  local merges = false
  local new = {}
  for _, migration in migrations do
    new[migration.file] = not migration.merged
  end
  for _, migration in migrations do
    -- A merged one: databases that ran it will not run it again.
    if migration.rewritten and not allowed["edited-migration"] then
      report(
        `This migration is merged, so databases that ran it will not run it again and will differ from new ones. Undo the change here and write a new migration.`,
        { file = migration.file, line = migration.edited_line }
      )
    end
    merges = merges or #migration.parents > 1
    for _, finding in migration.findings do
      local at = { file = migration.file, line = finding.line, end_line = finding.end_line }
      if not allowed[finding.rule] then
        if finding.level == "unsafe" then
          at.suggestion = finding.suggestion
          report(text_of(finding), at)
        elseif options.style or finding.rule == "irreversible" or finding.rule == "unseen-sql" then
          warn(text_of(finding), at)
        end
      end
    end
    -- Two with one number: which runs first is chance, or an error.
    local beside = if migration.merged then {} else analyse.migration_neighbours({ file = migration.file, framework = migration.framework })
    local twin = beside.same_number
    -- Of two new ones the later is told.
    if twin and not (new[twin] and twin > migration.file) and not allowed["same-number"] then
      report(
        `This migration has the same number as \`{twin}\`: tools refuse that, or run them in any order. Give this one the next number.`,
        { file = migration.file }
      )
    end
    if beside.newer and not twin and not allowed["out-of-order"] then
      local strict = migration.framework == "flyway" or migration.framework == "goose"
      local short = string.match(migration.file, "[^/]*$") or ""
      -- With times for numbers an older one is a matter of course.
      local counted = #(string.match(short, "^V?(%d*)") or "") < 8
      if strict or counted then
        local say = if strict then report else warn
        say(
          `The base already has \`{beside.newer}\`, which comes after this one: databases that ran it refuse this migration, pass over it, or run both in another order than new ones. Give this one the next number.`,
          { file = migration.file }
        )
      end
    end
    if beside.new_on_base and #migration.parents < 2 and not allowed["two-heads"] then
      report(
        `The base got \`{beside.new_on_base}\` after this branch left it, so both would follow the same migration. Merge the base and make this one follow it.`,
        { file = migration.file }
      )
    end
    if beside.reverse and not allowed["irreversible"] then
      warn(
        `Nothing takes this migration back: \`{beside.reverse}\` is missing or empty. Write its reverse there.`,
        { file = migration.file }
      )
    end
  end

  local names, seen = {}, {}
  local function want(name)
    if name and not seen[name] and #names < 20 then
      seen[name] = true
      table.insert(names, name)
    end
  end
  for _, migration in migrations do
    if not migration.merged and not allowed["two-heads"] then
      for _, parent in migration.parents do
        want(parent)
      end
    end
  end
  -- Two heads: another migration of the same directory follows the same one.
  if #names > 0 and not merges then
    local found = analyse.uses({ names = names, flags = {}, ignore = {} })
    for _, migration in migrations do
      for _, parent in if migration.merged then {} else migration.parents do
        for _, place in found.places do
          if place.name == parent and place.file ~= migration.file and directory_of(place.file) == directory_of(migration.file) and not string.find(place.file, parent, 1, true) then
            report(
              `Two migrations follow \`{parent}\`: this one and \`{place.file}\`. Make this one follow the other, or add a migration that merges both.`,
              { file = migration.file }
            )
            break
          end
        end
      end
    end
  end

  local said_reach = false
  for _, migration in migrations do
    local gone, fresh = {}, {}
    for _, change in migration.changes do
      local name = change.column or change.table
      local last = string.match(name, "([^%.]+)$") or name
      if string.find(change.kind, "^drop") or string.find(change.kind, "^rename") then
        table.insert(gone, { change = change, name = last })
      elseif change.kind == "add_column" then
        table.insert(fresh, { change = change, name = last })
      end
    end
    if options.uses and not allowed["still-used"] then
      for _, entry in gone do
        local change, uses = entry.change, entry.change.uses
        local what = if change.column
          then `\`{entry.name}\` of \`{change.table}\``
          elseif change.model then `\`{entry.name}\` (the model \`{change.model}\`)`
          else `\`{entry.name}\``
        local dropped = string.find(change.kind, "^drop") ~= nil
        local verb = if dropped then "dropped" else "renamed"
        local at = { file = migration.file, line = change.line }
        if #uses.places > 0 then
          local still = if dropped then "still uses it" else "still uses the old name"
          local todo = if dropped then "Remove these uses and deploy that first." else "Let the code do without that name and deploy that first."
          report(`{what} is {verb} here, and the code at the head {still}: {shown(uses.places)}{reach(uses)}. {todo}`, at)
        elseif not said_reach and (uses.trouble or uses.read < uses.of) then
          -- Once is enough: it holds for all of them.
          said_reach = true
          local why = if uses.trouble
            then `whether the code still uses it could not be looked up: {uses.trouble}`
            else `the {uses.read} likeliest of {uses.of} files of code do not use it`
          message(`{what} is {verb} here, and {why}. \`git grep -w {entry.name}\` or \`deckhand local\` looks everywhere.`, at)
        end
      end
    end
    -- A new column and code that needs it in one change: a deploy runs one before the other.
    if #fresh > 0 and not migration.merged and not allowed["code-with-schema"] then
      local globs = table.clone(searched)
      table.insert(globs, "!**/{models,model,entities,schemas}/**")
      table.insert(globs, "!**/{models,model,schema}.*")
      local lines = danger.git.added_lines(globs)
      for _, entry in fresh do
        for _, line in lines do
          if string.find(line.text, "%f[%w_]" .. string.gsub(entry.name, "%p", "%%%0") .. "%f[^%w_]") then
            warn(
              `The new column \`{entry.name}\` and code that uses it (\`{line.file}:{line.number}\`) come in one pull request, and a deploy runs one before the other. Merge and run the migration first, or let the code do without the column.`,
              { file = migration.file, line = entry.change.line }
            )
            break
          end
        end
      end
    end
  end
end
