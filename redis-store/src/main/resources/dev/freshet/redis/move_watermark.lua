-- Moves a pipeline's watermark, if its marker says that all of it is applied here: a Redis that has lost writes has lost the
-- marker's last moves with them.
-- KEYS: the watermark, the marker. ARGV: system, timeline, lsn, source time in microseconds, then the marker's fields, each
-- with the offset that it must have reached. Returns 1 or 0.
for i = 5, #ARGV, 2 do
  local place = call('HGET', KEYS[2], ARGV[i])
  local offset = place and tonumber(string.match(place, ':(%d+)$'))
  if not offset or offset < tonumber(ARGV[i + 1]) then
    return { 0 }
  end
end
call('HSET', KEYS[1], 'system', ARGV[1], 'timeline', ARGV[2], 'lsn', ARGV[3], 'source_ts_us', ARGV[4])
return { 1 }
