-- Stores the values of refreshes, and removes the entry where something newer or unknown stands.
-- KEYS of each command: key, lease, fence, its entry, the whole key's entry, entries of the pattern fences it matches.
-- ARGV: window and an entry's life in ms, then of each command: kind (t text, h hash, f field), ids, position, ttl in
-- ms ('' for none), how many patterns, how many arguments follow, and these: the text; fields and values; or field, value.
-- Returns how many were stored, removed in doubt, and kept because a fill had seen the change.
--
-- A value without an entry is overwritten. An entry outlives by far the age up to which changes are sent here, so
-- whatever was applied or filled before it ended is older than this change; and what applications SET themselves is
-- theirs to bound. To delete instead would make a key that changes seldom flap between stored and gone.
local window, life = ARGV[1], ARGV[2]
local stored, in_doubt, kept = 0, 0, 0
local patterns = {}

local function pattern_entry(key)
  if not patterns[key] then
    patterns[key] = read_entry(key)
  end
  return patterns[key]
end

local k, a = 1, 3
while k <= #KEYS do
  local key, lease, fence = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local kind, ids, position, ttl = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  local matched, payload = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
  local first = a + 6
  local entry = read_entry(KEYS[k + 3])
  local whole = kind == 'f' and read_entry(KEYS[k + 4]) or entry

  if ids ~= '' then
    call('UNLINK', lease)
    add_fence(fence, ids, window)
  end

  if whole.s and sees_all(whole.s, ids) then
    kept = kept + 1
    leave_position(entry, position, life)
  else
    local doubt = may_be_overtaken(entry, position)
    doubt = doubt or kind == 'f' and may_be_overtaken(whole, position)
    for i = 1, matched do
      doubt = doubt or may_be_overtaken(pattern_entry(KEYS[k + 4 + i]), position)
    end
    if not doubt and whole.s then
      -- The fill may reflect more than its snapshot says, and nothing tells which is newer.
      if kind == 'f' then
        doubt = redis.pcall('HEXISTS', key, ARGV[first]) == 1
      else
        doubt = call('EXISTS', key) == 1
      end
    end
    if not doubt then
      if kind == 't' then
        if ttl ~= '' then
          call('SET', key, ARGV[first], 'PX', ttl)
        else
          call('SET', key, ARGV[first])
        end
      elseif kind == 'h' then
        call('UNLINK', key)
        for i = first, first + payload - 1, 2 do
          call('HSET', key, ARGV[i], ARGV[i + 1])
        end
      else
        -- Something that is no hash stands here and is not ours to replace.
        doubt = type(redis.pcall('HSET', key, ARGV[first], ARGV[first + 1])) ~= 'number'
      end
    end
    if doubt then
      in_doubt = in_doubt + 1
      if kind == 'f' then
        redis.pcall('HDEL', key, ARGV[first])
      else
        call('UNLINK', key)
      end
    else
      stored = stored + 1
      if kind ~= 't' and ttl ~= '' then
        call('PEXPIRE', key, ttl)
      end
    end
    forget_snapshot(entry)
    leave_position(entry, position, life)
  end
  k = k + 5 + matched
  a = first + payload
end
return { stored, in_doubt, kept }
