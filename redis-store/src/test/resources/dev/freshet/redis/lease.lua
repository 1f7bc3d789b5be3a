-- A reader's miss (rule 7). KEYS: key, lease. ARGV: token, life in ms. Returns 1 when the lease is granted.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 0 }
end
return { redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0 }
