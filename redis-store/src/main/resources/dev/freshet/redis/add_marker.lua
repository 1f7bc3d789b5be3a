-- For a cluster: begins a marker on a primary that has none. KEYS: the marker. ARGV: the server that is expected, then fields and
-- values. Returns 1, or 0 where this is another server, or a marker stands there.
if server() ~= ARGV[1] or #call('HGETALL', KEYS[1]) > 0 then
  return { 0 }
end
call('HSET', KEYS[1], unpack(ARGV, 2))
return { 1 }
