-- Puts a pipeline's patterns in place of those before, at once: a fill that found none would go unchecked. The version
-- makes readers that hold the old ones ask again before they fill. It is the time, so that none is used twice, also where
-- Redis has lost its data in between. KEYS: the pipeline's patterns, those of caches that
-- must not be filled, the index. ARGV: the pipeline, how many of the first, its fence window in ms, then cache and glob of each, first these.
call('UNLINK', KEYS[1], KEYS[2])
local fenced = 3 + 2 * ARGV[2]
for i = 4, #ARGV, 2 do
  call('HSET', KEYS[i <= fenced and 1 or 2], ARGV[i], ARGV[i + 1])
end
call('HSET', KEYS[3], 'pipeline:' .. ARGV[1], ARGV[3])
local time = call('TIME')
call('HSET', KEYS[3], 'version', time[1] .. string.format('%06d', time[2]))
return {}
