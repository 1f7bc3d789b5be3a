-- For a cluster: puts a pipeline's patterns in place of those before, at once. KEYS: the pipeline's patterns, or those of caches
-- that must not be filled. ARGV: cache and glob of each.
call('UNLINK', KEYS[1])
for i = 1, #ARGV, 2 do
  call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
return {}
