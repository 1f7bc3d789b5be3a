-- Puts a pipeline's patterns in place of those before, at once: a fill that found none would go unchecked.
call('UNLINK', KEYS[1])
for i = 1, #ARGV, 2 do
  call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
return {}
