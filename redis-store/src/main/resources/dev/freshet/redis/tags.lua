-- A tag is a sorted set of the keys that readers filed under it; the score is the time, in ms of the server's clock,
-- when a key's value and any lease that stood beside it have ended. Only then may it leave (rule 16).
local function file(tag, key, life)
  local time = now()
  for _, ended in ipairs(call('ZRANGE', tag, '-inf', string.format('(%.0f', time), 'BYSCORE', 'LIMIT', 0, 8)) do
    call('ZREM', tag, ended)
  end
  call('ZADD', tag, 'GT', string.format('%.0f', time + life), key)
  if call('PEXPIRE', tag, life, 'GT') == 0 then
    call('PEXPIRE', tag, life, 'NX')
  end
end
