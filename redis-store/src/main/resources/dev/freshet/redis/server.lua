-- A local finds its function faster than the table does, which counts where a script makes a thousand calls.
local call = redis.call

-- The server's clock in milliseconds, read at most once a call and only where a deadline needs it.
local clock
local function now()
  if not clock then
    local time = call('TIME')
    clock = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return clock
end
