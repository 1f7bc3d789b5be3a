-- Grants a reader that missed the lease (rule 7). KEYS: key, lease, waiters. ARGV: token, life in ms, the channel to
-- wake the reader by ('' for none), for how long.
-- Returns 1 when granted, 0 where another holds it, 2 where text stands at the key, 3 where something else does.
local kind = call('TYPE', KEYS[1]).ok
if kind ~= 'none' then
  return { kind == 'string' and 2 or 3 }
end
if call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return { 1 }
end
if ARGV[3] ~= '' then
  call('SADD', KEYS[3], ARGV[3])
  call('PEXPIRE', KEYS[3], ARGV[4])
end
return { 0 }
