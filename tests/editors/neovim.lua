-- Neovim as a client: opens files as a person does, waits until the server has told of each, applies code actions as
-- they are asked for, and writes down what `vim.diagnostic` holds and what the buffers are.
--
-- Takes from the environment: DYNALENS, the program; TASK, a JSON object of `root` (the workspace folder), `files`
-- (paths from there), `total` (how many diagnostics are awaited in them) and `actions`, a list of
-- `{ file, line, column, kind, title }` (from 0; `column` in bytes; `kind` or `title` chooses). Gives ANSWER, a file of
-- JSON: for each file `before` and `after` the actions a list of diagnostics, `text` the buffer, and `offered` the titles
-- at each action's place.
-- Written for everything from Neovim 0.7, which Debian has, to the present.

local task = vim.fn.json_decode(vim.env.TASK)
local answer = { before = {}, after = {}, text = {}, offered = {}, encoding = '' }
local patience = 20000

local function finish(failure)
  answer.failure = failure
  vim.fn.writefile({ vim.fn.json_encode(answer) }, vim.env.ANSWER)
  vim.cmd('qall!')
end

-- How often the server has told of a file.
local told = {}
local publish = vim.lsp.handlers['textDocument/publishDiagnostics']
vim.lsp.handlers['textDocument/publishDiagnostics'] = function(failure, result, context, config)
  publish(failure, result, context, config)
  if result then told[result.uri] = (told[result.uri] or 0) + 1 end
end
-- A newer Neovim asks by itself; what it hears arrives here.
vim.api.nvim_create_autocmd('DiagnosticChanged', {
  callback = function(event)
    local uri = vim.uri_from_bufnr(event.buf)
    told[uri] = (told[uri] or 0) + 1
  end,
})

local function wait_until_told(buffer)
  local uri = vim.uri_from_bufnr(buffer)
  if not vim.wait(patience, function() return (told[uri] or 0) > 0 end, 10) then
    error('the server has not told of ' .. uri)
  end
end

-- What is told of other files, and a second word on one, is waited for as well.
local function wait_until_quiet()
  local count = -1
  vim.wait(5000, function()
    local now = 0
    for _, times in pairs(told) do now = now + times end
    local quiet = now == count
    count = now
    return quiet
  end, 250)
end

local client
local function attach(buffer)
  if not client then
    client = vim.lsp.start_client({
      name = 'dynalens',
      cmd = { vim.env.DYNALENS, 'lsp' },
      root_dir = task.root,
      workspace_folders = { { uri = vim.uri_from_fname(task.root), name = 'root' } },
    })
  end
  vim.lsp.buf_attach_client(buffer, client)
end

local function diagnostics(buffer)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, {
      line = one.lnum, column = one.col, end_line = one.end_lnum, end_column = one.end_col,
      severity = one.severity, code = one.code or vim.NIL, message = one.message, source = one.source,
    })
  end
  return found
end

-- A number that changes when any buffer does: an action may write into another file.
local function all_changes()
  local sum = 0
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then sum = sum + vim.api.nvim_buf_get_changedtick(buffer) end
  end
  return sum
end

-- Neovim's own way to an action, with an answer to its question.
local function act(action, buffer)
  vim.api.nvim_set_current_buf(buffer)
  vim.api.nvim_win_set_cursor(0, { action.line + 1, action.column })
  local offered, chosen = {}, nil
  local asked = false
  vim.ui.select = function(items, options, choose)
    asked = true
    for index, item in ipairs(items) do
      local is = item.action or item[2]
      table.insert(offered, is.title)
      local fits = action.title and is.title:find(action.title, 1, true)
        or not action.title and (is.kind or ''):sub(1, #action.kind) == action.kind
      if fits and not chosen then chosen = index end
    end
    choose(chosen and items[chosen] or nil, chosen)
  end
  local context = { only = action.kind and { action.kind } or nil }
  context.diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer, action.line)
  local changes = all_changes()
  local before = vim.inspect(diagnostics(buffer))
  if vim.fn.has('nvim-0.8') == 1 then
    vim.lsp.buf.code_action({ context = context })
  else
    vim.lsp.buf.code_action(context)
  end
  vim.wait(patience, function() return asked end, 10)
  table.insert(answer.offered, offered)
  if not chosen then error('no action fits ' .. vim.inspect(action) .. ' of ' .. vim.inspect(offered)) end
  if not vim.wait(patience, function() return all_changes() ~= changes end, 10) then
    error('nothing has changed by ' .. vim.inspect(action))
  end
  -- A newer Neovim asks some time after the change.
  if not vim.wait(patience, function() return vim.inspect(diagnostics(buffer)) ~= before end, 10) then
    error('the diagnostics are the same after ' .. vim.inspect(action))
  end
  wait_until_quiet()
end

local function work()
  vim.o.swapfile = false
  -- A buffer without a final line end, or with Windows' ones, stays as it is.
  vim.o.fixendofline = false
  local buffers = {}
  for _, file in ipairs(task.files) do
    vim.cmd('edit ' .. vim.fn.fnameescape(task.root .. '/' .. file))
    buffers[file] = vim.api.nvim_get_current_buf()
    attach(buffers[file])
    -- What was told while another file was opened holds as well.
    wait_until_told(buffers[file])
    wait_until_quiet()
  end
  -- On a slow machine the last word may come late; what is compared are the diagnostics and not their number.
  vim.wait(patience / 4, function()
    local total = 0
    for _, buffer in pairs(buffers) do total = total + #vim.diagnostic.get(buffer) end
    return total == task.total
  end, 50)
  answer.encoding = vim.lsp.get_client_by_id(client).offset_encoding
  for _, file in ipairs(task.files) do answer.before[file] = diagnostics(buffers[file]) end
  for _, action in ipairs(task.actions) do act(action, buffers[action.file]) end
  for _, file in ipairs(task.files) do
    answer.after[file] = diagnostics(buffers[file])
    vim.api.nvim_set_current_buf(buffers[file])
    vim.cmd('silent write')
    answer.text[file] = table.concat(vim.fn.readfile(task.root .. '/' .. file, 'b'), '\n')
  end
end

local good, failure = pcall(work)
finish(not good and tostring(failure) or nil)
