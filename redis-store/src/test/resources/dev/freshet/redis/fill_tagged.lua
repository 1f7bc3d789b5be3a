-- A reader's fill under one tag, as the layout asks for it. KEYS: key, lease, tag, the tag's fence.
-- ARGV: token, snapshot, value, ttl in ms. Returns 1 when it was stored.
if call('GET', KEYS[2]) ~= ARGV[1] or not allows(KEYS[4], parse_snapshot(ARGV[2])) then
  return { 0 }
end
call('UNLINK', KEYS[2])
call('ZADD', KEYS[3], string.format('%.0f', now() + tonumber(ARGV[4])), KEYS[1])
call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return { 1 }
