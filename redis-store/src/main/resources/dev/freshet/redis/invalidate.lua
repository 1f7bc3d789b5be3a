-- Removes whole keys that no refresh reaches, many in a call.
-- KEYS: n keys, their n leases, their n fences. ARGV: window in ms, then each key's ids.
-- Returns how many keys stood.
local n = #KEYS / 3
local removed = call('UNLINK', unpack(KEYS, 1, n))
call('UNLINK', unpack(KEYS, n + 1, 2 * n))
local window = ARGV[1]
for i = 1, n do
  add_fence(KEYS[2 * n + i], ARGV[1 + i], window)
end
return { removed }
