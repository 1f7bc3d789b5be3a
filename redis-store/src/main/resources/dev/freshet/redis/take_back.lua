-- Removes what readers filled from a snapshot that has not seen all of some transactions.
-- KEYS: n keys, their n entries. ARGV: the ids. Returns how many were removed.
local n = #KEYS / 2
local removed = 0
for i = 1, n do
  local snapshot = call('HGET', KEYS[n + i], 's')
  if snapshot and not sees_all(snapshot, ARGV[1]) then
    removed = removed + call('UNLINK', KEYS[i])
    call('HDEL', KEYS[n + i], 's')
  end
end
return { removed }
