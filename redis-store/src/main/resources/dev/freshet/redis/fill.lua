-- Stores what a reader loaded, if its lease stands and its snapshot has seen what the fences ask for (rule 10).
-- KEYS: key, lease, fence, entry, waiters, the index of published patterns, fences of the patterns that the key matches,
-- fences of its tags, its tags. ARGV: token, snapshot, an entry's life in ms, kind (t text, h hash), ttl in ms ('' for
-- none), how many patterns, how many tags, the patterns' version that they were taken from ('' where that is not to be
-- checked), a lease's life in ms, then the text, or fields and values.
-- Returns 1 when it was stored, 0 where the lease is gone, -1 where a fence refuses, -2 where the patterns have changed.
local key, lease, waiters = KEYS[1], KEYS[2], KEYS[5]
local kind, ttl, version = ARGV[4], ARGV[5], ARGV[8]
local fences = 6 + ARGV[6] + ARGV[7]

local holder = call('GET', lease)
if holder ~= ARGV[1] then
  if not holder then
    wake(waiters, '0', key)
  end
  return { 0 }
end
call('UNLINK', lease)

local function refusal()
  if version ~= '' and (call('HGET', KEYS[6], 'version') or '0') ~= version then
    return -2
  end
  local snapshot = parse_snapshot(ARGV[2])
  if not snapshot or not allows(KEYS[3], snapshot) then
    return -1
  end
  for i = 7, fences do
    if not allows(KEYS[i], snapshot) then
      return -1
    end
  end
end

local refused = refusal()
if refused then
  wake(waiters, '0', key)
  return { refused }
end
call('UNLINK', key)
if kind == 't' then
  call('SET', key, ARGV[10])
else
  for i = 10, #ARGV, 2 do
    call('HSET', key, ARGV[i], ARGV[i + 1])
  end
end
if ttl ~= '' then
  call('PEXPIRE', key, ttl)
end
call('HSET', KEYS[4], 's', ARGV[2])
call('PEXPIRE', KEYS[4], ARGV[3])
for i = fences + 1, #KEYS do
  file(KEYS[i], key, tonumber(ttl) + tonumber(ARGV[9]))
end
wake(waiters, '1', key)
return { 1 }
