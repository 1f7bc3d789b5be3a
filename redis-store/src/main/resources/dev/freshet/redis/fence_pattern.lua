-- Fences all keys that match a glob. KEYS: the pattern's fence and entry. ARGV: window and an entry's life in ms, ids,
-- position ('' where it is not known).
local entry = read_entry(KEYS[2])
add_fence(KEYS[1], ARGV[3], tonumber(ARGV[1]))
if ARGV[4] ~= '' then
  leave_position(entry, ARGV[4], tonumber(ARGV[2]))
else
  leave_unknown(entry, tonumber(ARGV[2]))
end
return {}
