-- A fence is a sorted set. Score and member are a transaction's id; beside the ids, at score +inf, may stand
-- 'floor:<id>' (a fill's xmin must lie above it) and 'all:<ms>' (no fill before this time of the server's clock).
local FENCE_BOUND = 64

local function drop_special(fence, prefix)
  for _, member in ipairs(call('ZRANGEBYSCORE', fence, '+inf', '+inf')) do
    if string.sub(member, 1, #prefix) == prefix then
      call('ZREM', fence, member)
      return tonumber(string.sub(member, #prefix + 1))
    end
  end
  return 0
end

local function raise_floor(fence, id)
  call('ZADD', fence, '+inf', string.format('floor:%.0f', math.max(id, drop_special(fence, 'floor:'))))
end

-- The lowest ids fold, one at a time: a floor higher than need be refuses fills while an old transaction runs.
local function fold(fence, excess)
  local folded = call('ZPOPMIN', fence, excess)
  raise_floor(fence, tonumber(folded[#folded - 1]))
end

-- Batches repeat the same few texts of ids.
local single = {}
local function is_single(ids)
  if single[ids] == nil then
    single[ids] = not string.find(ids, '[ *<]')
  end
  return single[ids]
end

-- ids: '' for no fence, else decimal ids parted by spaces; among them '*' for a change that named none, or '<id' for
-- one that named none and is visible to every snapshot whose xmin lies above this id.
local function add_fence(fence, ids, window)
  if ids == '' then
    return
  end
  if is_single(ids) then
    call('ZADD', fence, ids, ids)
    -- NX succeeds on a fence that is new: it holds this one id and is complete.
    if call('PEXPIRE', fence, window, 'NX') == 1 then
      return
    end
  else
    for id in string.gmatch(ids, '%S+') do
      if id == '*' then
        drop_special(fence, 'all:')
        call('ZADD', fence, '+inf', string.format('all:%.0f', now() + tonumber(window)))
      elseif string.sub(id, 1, 1) == '<' then
        raise_floor(fence, tonumber(string.sub(id, 2)))
      else
        call('ZADD', fence, id, id)
      end
    end
  end
  call('PEXPIRE', fence, window)
  local excess = call('ZCARD', fence) - FENCE_BOUND
  if excess > 0 then
    fold(fence, excess)
  end
end
