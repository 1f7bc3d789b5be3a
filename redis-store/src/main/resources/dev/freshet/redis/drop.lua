-- Removes keys for an application whose own change is visible already: nothing has to be fenced, but whoever loads now
-- may have read before it. KEYS: n keys, their n leases, their n entries. Returns how many keys stood.
local n = #KEYS / 3
local removed = call('UNLINK', unpack(KEYS, 1, n))
call('UNLINK', unpack(KEYS, n + 1, 2 * n))
for i = 2 * n + 1, #KEYS do
  call('HDEL', KEYS[i], 's')
end
return { removed }
