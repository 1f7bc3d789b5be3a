-- Removes the values and leases of keys that are filed under a tag, some in a call. They get no fences: the tag's own,
-- which stands by now, refuses every fill under the tag that has not seen the change.
-- KEYS: the tag, n keys, their n leases, their n entries. Returns how many values stood.
local n = (#KEYS - 1) / 3
local removed = call('UNLINK', unpack(KEYS, 2, n + 1))
call('UNLINK', unpack(KEYS, n + 2, 2 * n + 1))
for i = 2 * n + 2, #KEYS do
  call('HDEL', KEYS[i], 's')
end
-- Walked members stay, since another reader may fill them meanwhile (rule 16); as many leave as have had their time.
local ended = call('ZRANGE', KEYS[1], '-inf', string.format('(%.0f', now()), 'BYSCORE', 'LIMIT', 0, n)
if #ended > 0 then
  call('ZREM', KEYS[1], unpack(ended))
end
return { removed }
