-- For a cluster, before store: KEYS and ARGV as there, without patterns, and at the end the token of the leases. The
-- patterns' entries stand in other slots and were looked at while the leases stood. Where one is gone, something was applied
-- since then that may be newer.
local overtaken, voided = may_be_overtaken, {}
for k = 2, #KEYS, 5 do
  voided[KEYS[k + 2]] = call('GET', KEYS[k]) ~= ARGV[#ARGV]
end
for k = 2, #KEYS, 5 do
  call('UNLINK', KEYS[k])
end
local function may_be_overtaken(entry, position)
  return voided[entry.key] or overtaken(entry, position)
end
