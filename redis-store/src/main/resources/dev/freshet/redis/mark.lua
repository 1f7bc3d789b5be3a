-- Moves a pipeline's marker on, all of it or nothing: where Redis has lost writes, what is left must stay to be seen.
-- KEYS: the marker. ARGV: the server that is expected, then field, expected value ('' for none), new value ('' for none).
-- Returns 1, or 0 where this is another server, or something else stands there.
if server() ~= ARGV[1] then
  return { 0 }
end
for i = 2, #ARGV, 3 do
  if (call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then
    return { 0 }
  end
end
for i = 2, #ARGV, 3 do
  if ARGV[i + 2] == '' then
    call('HDEL', KEYS[1], ARGV[i])
  else
    call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return { 1 }
