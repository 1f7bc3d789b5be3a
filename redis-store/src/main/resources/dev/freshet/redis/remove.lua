-- Removes keys, or fields of hashes, and leaves positions for refreshes to find.
-- KEYS: key, lease, fence, entry of each command. ARGV: window and an entry's life in ms, then of each command: flags
-- (f: a field, g: guarded), ids, position ('' where it is not known), field.
-- Returns how many keys and fields stood.
local window, life = ARGV[1], ARGV[2]
local removed = 0
for i = 0, #KEYS / 4 - 1 do
  local key, lease, fence, entry_key = KEYS[4 * i + 1], KEYS[4 * i + 2], KEYS[4 * i + 3], KEYS[4 * i + 4]
  local flags, ids, position, field = ARGV[4 * i + 3], ARGV[4 * i + 4], ARGV[4 * i + 5], ARGV[4 * i + 6]
  if string.find(flags, 'f', 1, true) then
    -- A key that is no hash has no such field: the error is an answer, and must not stop the others.
    local reply = redis.pcall('HDEL', key, field)
    removed = removed + (type(reply) == 'number' and reply or 0)
  else
    removed = removed + call('UNLINK', key)
  end
  if ids ~= '' then
    call('UNLINK', lease)
    add_fence(fence, ids, window)
  end
  if string.find(flags, 'g', 1, true) then
    local entry = read_entry(entry_key)
    forget_snapshot(entry)
    if position ~= '' then
      leave_position(entry, position, life)
    else
      leave_unknown(entry, life)
    end
  end
end
return { removed }
