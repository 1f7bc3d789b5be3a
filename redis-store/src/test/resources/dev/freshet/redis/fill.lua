-- A reader's fill (rule 10). KEYS: key, lease, fence, entry. ARGV: token, snapshot, value, an entry's life in ms.
-- Returns 1 when the fill is accepted.
local snapshot = parse_snapshot(ARGV[2])
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return { 0 }
end
for _, member in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  local floor, all = string.match(member, '^floor:(%d+)$'), string.match(member, '^all:(%d+)$')
  if floor then
    if snapshot.xmin <= tonumber(floor) then
      return { 0 }
    end
  elseif all then
    if now() < tonumber(all) then
      return { 0 }
    end
  elseif not sees(snapshot, member) then
    return { 0 }
  end
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('UNLINK', KEYS[2])
redis.call('HSET', KEYS[4], 's', ARGV[2])
redis.call('PEXPIRE', KEYS[4], ARGV[4])
return { 1 }
