-- All patterns that writers have published. KEYS: the index. ARGV: the prefixes of a pipeline's patterns, and of those of
-- caches that must not be filled. Returns the version, how many globs of the first, these, then the others.
local version = call('HGET', KEYS[1], 'version') or '0'
local fenced, unfenced = {}, {}
for _, field in ipairs(call('HKEYS', KEYS[1])) do
  local pipeline = string.match(field, '^pipeline:(.*)$')
  if pipeline then
    for _, glob in ipairs(call('HVALS', ARGV[1] .. pipeline)) do
      fenced[#fenced + 1] = glob
    end
    for _, glob in ipairs(call('HVALS', ARGV[2] .. pipeline)) do
      unfenced[#unfenced + 1] = glob
    end
  end
end
local answer = { version, #fenced }
for _, glob in ipairs(fenced) do
  answer[#answer + 1] = glob
end
for _, glob in ipairs(unfenced) do
  answer[#answer + 1] = glob
end
return answer
