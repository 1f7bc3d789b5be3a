-- Gives a lease back. KEYS: lease. ARGV: token.
if call('GET', KEYS[1]) == ARGV[1] then
  call('UNLINK', KEYS[1])
end
return {}
