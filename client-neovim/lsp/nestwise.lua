---@brief
---
--- https://pypi.org/project/nestwise/
---
--- nestwise checks NestJS back ends while you type: validated input, guarded routes, thin controllers,
--- structured logs and honest errors, each finding with its fixes. It needs Python 3.11 or newer:
---
--- ```sh
--- uv tool install nestwise   # or: pipx install nestwise
--- ```
---
--- It attaches where a `package.json` around the file, or one of the same monorepo, depends on Nest.
--- Its settings are in the project, as `nestwise.json` or as `nestwise` in `package.json`.

local settings_files = { ['nestwise.json'] = true, ['package.json'] = true }
local workspace_files = { 'nest-cli.json', 'nx.json', 'pnpm-workspace.yaml', 'lerna.json' }
local never_entered = { node_modules = true, dist = true, coverage = true }

---@param folder string
---@return string? manifest the text of its package.json
local function manifest_of(folder)
  local file = io.open(folder .. '/package.json', 'r')
  local text = file and file:read('*a')
  if file then
    file:close()
  end
  return text
end

---@param manifest string
---@return boolean
local function uses_nest(manifest)
  return manifest:find('"@nestjs/', 1, true) ~= nil
end

---@param folder string
---@param manifest string
---@return boolean
local function is_workspace(folder, manifest)
  return #vim.fs.find(workspace_files, { path = folder, limit = 1, type = 'file' }) > 0
    or manifest:find('"workspaces"', 1, true) ~= nil
end

--- Do packages below a folder use Nest? They are not deeper than `libs/shared/orders`.
---@param folder string
---@param depth integer
---@return boolean
local function holds_nest(folder, depth)
  for name, kind in vim.fs.dir(folder) do
    if kind == 'directory' and name:sub(1, 1) ~= '.' and not never_entered[name] then
      local below = folder .. '/' .. name
      local manifest = manifest_of(below)
      if manifest and uses_nest(manifest) or depth > 1 and holds_nest(below, depth - 1) then
        return true
      end
    end
  end
  return false
end

--- The workspace around a file, else its package; nothing where no package of it uses Nest.
---@param path string
---@return string?
local function nest_root(path)
  local package, workspace, nest
  for folder in vim.fs.parents(path) do
    local manifest = manifest_of(folder)
    if manifest then
      package = package or folder
      nest = nest or uses_nest(manifest)
      if is_workspace(folder, manifest) then
        workspace = folder
      end
    end
    if #vim.fs.find('.git', { path = folder, limit = 1 }) > 0 then
      break
    end
  end
  if nest or workspace and holds_nest(workspace, 3) then
    return workspace or package
  end
end

---@type vim.lsp.Config
return {
  cmd = { 'nestwise', 'lsp' },
  filetypes = { 'typescript', 'typescriptreact', 'json', 'jsonc' },
  root_dir = function(bufnr, on_dir)
    local path = vim.api.nvim_buf_get_name(bufnr)
    if path == '' or vim.bo[bufnr].filetype:find('^json') and not settings_files[vim.fs.basename(path)] then
      return
    end
    local root = nest_root(path)
    if root then
      on_dir(root)
    end
  end,
}
