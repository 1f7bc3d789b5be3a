-- Whether a fence lets a fill of this snapshot pass.
local function allows(fence, snapshot)
  for _, member in ipairs(call('ZRANGE', fence, 0, -1)) do
    local floor, all = string.match(member, '^floor:(%d+)$'), string.match(member, '^all:(%d+)$')
    if floor then
      if snapshot.xmin <= tonumber(floor) then
        return false
      end
    elseif all then
      if now() < tonumber(all) then
        return false
      end
    elseif not sees(snapshot, member) then
      return false
    end
  end
  return true
end
