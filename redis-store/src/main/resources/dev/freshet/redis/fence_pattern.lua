-- Fences all keys that match a glob. KEYS: the pattern's fence and entry. ARGV: window and an entry's life in ms, ids,
-- position ('' where it is not known).
local entry = read_entry(KEYS[2])
add_fence(KEYS[1], ARGV[3], ARGV[1])
if ARGV[4] ~= '' then
  leave_position(entry, ARGV[4], ARGV[2])
else
  leave_unknown(entry, ARGV[2])
end
return {}
