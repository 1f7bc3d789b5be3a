-- All patterns that writers have published. KEYS: the index. ARGV: the prefixes of a pipeline's patterns, and of those of
-- caches that must not be filled. Returns the version, the shortest fence window in ms (-1 for none), how many globs of the first, these, then the
-- others.
local version = call('HGET', KEYS[1], 'version') or '0'
local window, fenced, unfenced = -1, {}, {}
local index = call('HGETALL', KEYS[1])
for i = 1, #index, 2 do
  local pipeline = string.match(index[i], '^pipeline:(.*)$')
  if pipeline then
    local its = tonumber(index[i + 1])
    if window < 0 or its < window then
      window = its
    end
    for _, glob in ipairs(call('HVALS', ARGV[1] .. pipeline)) do
      fenced[#fenced + 1] = glob
    end
    for _, glob in ipairs(call('HVALS', ARGV[2] .. pipeline)) do
      unfenced[#unfenced + 1] = glob
    end
  end
end
local answer = { version, window, #fenced }
for _, glob in ipairs(fenced) do
  answer[#answer + 1] = glob
end
for _, glob in ipairs(unfenced) do
  answer[#answer + 1] = glob
end
return answer
