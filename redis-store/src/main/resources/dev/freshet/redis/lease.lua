-- Grants a reader that missed the lease (rule 7). KEYS: key, lease. ARGV: token, life in ms. Returns 1 when granted.
if call('EXISTS', KEYS[1]) == 1 then
  return { 0 }
end
return { call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0 }
