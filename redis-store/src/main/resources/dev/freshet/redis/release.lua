-- Gives a lease back. KEYS: key, lease, waiters. ARGV: token.
local holder = call('GET', KEYS[2])
if holder == ARGV[1] then
  call('UNLINK', KEYS[2])
end
-- Voided meanwhile or given back now: nobody loads for those who wait.
if holder == ARGV[1] or not holder then
  wake(KEYS[3], '0', KEYS[1])
end
return {}
