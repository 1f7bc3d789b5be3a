-- PostgreSQL's snapshot text, xmin:xmax:xip,xip. Ids stay below 2^53, where numbers are exact.
local function parse_snapshot(text)
  local xmin, xmax, xip = string.match(text, '^(%d+):(%d+):([%d,]*)$')
  if not xmin then
    return nil
  end
  return { xmin = tonumber(xmin), xmax = tonumber(xmax), xip = ',' .. xip .. ',' }
end

local function sees(snapshot, id)
  local number = tonumber(id)
  return number < snapshot.xmin
    or number < snapshot.xmax and not string.find(snapshot.xip, ',' .. id .. ',', 1, true)
end

-- A change that names no transaction is never known to be seen.
local function sees_all(text, ids)
  if ids == '' or string.find(ids, '*', 1, true) then
    return false
  end
  local snapshot = parse_snapshot(text)
  if not snapshot then
    return false
  end
  for id in string.gmatch(ids, '%S+') do
    if not sees(snapshot, id) then
      return false
    end
  end
  return true
end
