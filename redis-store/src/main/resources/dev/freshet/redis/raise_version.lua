-- For a cluster, once the patterns were replaced: makes readers that hold older ones ask again before they fill.
-- KEYS: the index. ARGV: the pipeline, its fence window in ms.
call('HSET', KEYS[1], 'pipeline:' .. ARGV[1], ARGV[2])
local time = call('TIME')
call('HSET', KEYS[1], 'version', time[1] .. string.format('%06d', time[2]))
return {}
