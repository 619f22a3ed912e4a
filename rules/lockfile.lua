local files = ...

return {
  summary = "A lockfile knows what its manifest asks for.",
  severity = "fail",
  options = {
    ignore = {
      type = "globs",
      default = { files.vendored, files.fixtures },
      doc = "Manifests and lockfiles that are not this repository's own.",
    },
  },
}, function(options, report, analyses)
  local globs = table.clone(options.paths or { "**" })
  for _, pattern in options.ignore do
    table.insert(globs, "!" .. pattern)
  end

  local function names(list)
    local quoted = {}
    for index, name in list do
      if index > 3 then
        break
      end
      table.insert(quoted, `\`{name}\``)
    end
    if #list > 3 then
      return `{table.concat(quoted, ", ")} and {#list - 3} more`
    elseif #list > 1 then
      return `{table.concat(quoted, ", ", 1, #list - 1)} and {quoted[#list]}`
    end
    return quoted[1]
  end

  local function held_of(problem)
    if problem.held == "" then
      return "none that fits"
    end
    return if string.find(problem.held, "^%a[%a ]+$") then problem.held else `\`{problem.held}\``
  end

  local function wanted_of(problem, any)
    local wanted = problem.requirement
    if wanted == "" then
      return any
    end
    return if string.find(wanted, "^a %l") or string.find(wanted, "^its %l") then `from {wanted}` else `\`{wanted}\``
  end

  local function text_of(problem)
    local lockfile, manifest = `\`{problem.lockfile}\``, `\`{problem.manifest}\``
    local them = if problem.dependencies then names(problem.dependencies) else nil
    local run = `Run \`{problem.command}\` and commit the lockfile.`
    if problem.kind == "lacks" then
      return `{manifest} now asks for {them}, which {lockfile} does not have. {run}`
    elseif problem.kind == "holds" then
      if #problem.dependencies > 1 then
        return `{manifest} now asks for other versions of {them} than {lockfile} holds. {run}`
      end
      return `{manifest} now asks for {them} {wanted_of(problem, "in any version")}, and {lockfile} holds {held_of(problem)}. {run}`
    elseif problem.kind == "moved" then
      return `{manifest} now asks for {them} in another section than {lockfile} knows. {run}`
    elseif problem.kind == "member" then
      return `{manifest} is the package {them}, which {lockfile} does not have. {run}`
    elseif problem.kind == "extra" then
      return `{manifest} no longer asks for {them}, and {lockfile} still says that it does. {run}`
    elseif problem.kind == "stale" then
      return `{manifest} changes {them}, and {lockfile} was not made again. {run}`
    elseif problem.kind == "version" then
      return `{manifest} now gives {them} the version \`{problem.requirement}\`, and {lockfile} still says \`{problem.held}\`. {run}`
    elseif problem.kind == "lost" then
      return `{lockfile} no longer has {them}, which {manifest} asks for; a merge that took the other side often leaves it so. {run}`
    elseif problem.kind == "drifted" then
      if #problem.dependencies > 1 then
        return `{lockfile} now holds other versions of {them} than {manifest} asks for. {run}`
      end
      return `{lockfile} now holds {held_of(problem)} for {them}, and {manifest} asks for {wanted_of(problem, "any version of it")}. {run}`
    elseif problem.kind == "uninvited" then
      return `{lockfile} says that {manifest} asks for {them}, which it does not. Add {if #problem.dependencies > 1 then "them" else "it"} to the manifest, or run \`{problem.command}\` and commit what it writes.`
    elseif problem.kind == "deleted" then
      return `{lockfile} is deleted and {manifest} is still there, so that every install may pick other versions. Bring it back, or add its name to \`.gitignore\` if that is meant.`
    elseif problem.kind == "broken" then
      return `{lockfile} cannot be read any more; an unfinished merge often leaves it so. Take one side of it whole, then run \`{problem.command}\`.`
    elseif problem.kind == "same_checksum" then
      return `{lockfile} gives {them} another version with the old checksum, so it was edited by hand. Undo the edit and run \`{problem.command}\`.`
    elseif problem.kind == "other_checksum" then
      return `{lockfile} has another checksum for the same version of {them}: what would be installed is not what was before. Find out why before merging; undo it and run \`{problem.command}\` to see whether it comes back.`
    end
    return `{lockfile} is added beside \`{problem.held}\`, so that two package managers will disagree about versions. Delete the one that you do not use.`
  end

  for _, problem in analyses.lockfile_problems(globs) do
    local at = { file = problem.manifest, line = problem.line }
    if problem.kind == "deleted" then
      at = { file = problem.manifest }
    elseif problem.kind == "uninvited" or problem.kind == "lost" or problem.kind == "drifted" then
      at = { file = problem.lockfile, line = problem.line }
    end
    report(text_of(problem), at)
  end
end
