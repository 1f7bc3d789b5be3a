-- Which server this is, of which history: another run id after a restart, another replication id after a failover.
local function server()
  local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
  local history = string.match(call('INFO', 'replication'), 'master_replid:(%w+)')
  return tostring(run) .. '/' .. tostring(history)
end
