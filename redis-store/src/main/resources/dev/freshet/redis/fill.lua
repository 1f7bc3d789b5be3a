-- Stores what a reader loaded, if its lease stands and its snapshot has seen what the fences ask for (rule 10).
-- KEYS: key, lease, fence, entry, fences of the patterns that the key matches. ARGV: token, snapshot, an entry's life in
-- ms, kind (t text, h hash), ttl in ms ('' for none), then the text, or fields and values.
-- Returns 1 when it was stored.
local key, lease = KEYS[1], KEYS[2]
local kind, ttl = ARGV[4], ARGV[5]
if call('GET', lease) ~= ARGV[1] then
  return { 0 }
end
call('UNLINK', lease)
local snapshot = parse_snapshot(ARGV[2])
if not snapshot then
  return { 0 }
end
for i = 3, #KEYS do
  -- The fourth is the entry.
  if i ~= 4 and not allows(KEYS[i], snapshot) then
    return { 0 }
  end
end
call('UNLINK', key)
if kind == 't' then
  call('SET', key, ARGV[6])
else
  for i = 6, #ARGV, 2 do
    call('HSET', key, ARGV[i], ARGV[i + 1])
  end
end
if ttl ~= '' then
  call('PEXPIRE', key, ttl)
end
call('HSET', KEYS[4], 's', ARGV[2])
call('PEXPIRE', KEYS[4], ARGV[3])
return { 1 }
