-- What is known about a value is a hash beside it: p, the newest position applied here; s, the snapshot of the fill
-- that wrote the value; u, the time until which a change of unknown position leaves every order in doubt.

-- Whether position a is newer than b, or the same. Twelve hexadecimal digits at a time, as numbers: Lua compares
-- strings by the server's locale, and a position has more bits than a number holds.
local function at_or_after(a, b)
  for i = 1, 48, 12 do
    local x, y = tonumber(string.sub(a, i, i + 11), 16), tonumber(string.sub(b, i, i + 11), 16)
    if x ~= y then
      return x > y
    end
  end
  return true
end

local function read_entry(key)
  local fields = call('HMGET', key, 'p', 's', 'u')
  return { key = key, p = fields[1], s = fields[2], u = fields[3] }
end

-- Whether a change at this position may be older than what was applied here.
local function may_be_overtaken(entry, position)
  return entry.p and at_or_after(entry.p, position) or entry.u and tonumber(entry.u) > now()
end

local function leave_position(entry, position, life)
  if not (entry.p and at_or_after(entry.p, position)) then
    call('HSET', entry.key, 'p', position)
  end
  call('PEXPIRE', entry.key, life)
end

local function leave_unknown(entry, life)
  call('HSET', entry.key, 'u', string.format('%.0f', now() + tonumber(life)))
  call('PEXPIRE', entry.key, life)
end

-- The value that the snapshot described is gone.
local function forget_snapshot(entry)
  if entry.s then
    call('HDEL', entry.key, 's')
  end
end
