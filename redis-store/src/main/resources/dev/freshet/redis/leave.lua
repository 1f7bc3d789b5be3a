-- For a cluster, where a pattern's fence stands in another slot: leaves a change's position for refreshes to find.
-- KEYS: the pattern's entry. ARGV: an entry's life in ms, position ('' where it is not known).
local entry = read_entry(KEYS[1])
if ARGV[2] ~= '' then
  leave_position(entry, ARGV[2], ARGV[1])
else
  leave_unknown(entry, ARGV[1])
end
return {}
