-- Who waits for a key's value: a set of the channels that processes listen on. A message is '1' or '0' and the key:
-- whether there is a value to be read now.
local function wake(waiters, outcome, key)
  local channels = call('SMEMBERS', waiters)
  if #channels > 0 then
    call('UNLINK', waiters)
    for _, channel in ipairs(channels) do
      call('PUBLISH', channel, outcome .. key)
    end
  end
end
