-- Gives a lease back. KEYS: key, lease, waiters. ARGV: token.
if call('GET', KEYS[2]) == ARGV[1] then
  call('UNLINK', KEYS[2])
  wake(KEYS[3], '0', KEYS[1])
end
return {}
