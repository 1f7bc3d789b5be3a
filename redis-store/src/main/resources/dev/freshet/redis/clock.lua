-- The server's clock in milliseconds, read at most once a call and only where a deadline needs it.
local clock
local function now()
  if not clock then
    local time = redis.call('TIME')
    clock = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return clock
end
