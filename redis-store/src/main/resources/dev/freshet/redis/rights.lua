-- What the user may not do. Nothing is run. ARGV: for each command how many words it has, and these.
-- Returns the places of the refused commands, from 1.
local refused, place, i = {}, 0, 1
while i <= #ARGV do
  local words = tonumber(ARGV[i])
  place = place + 1
  if not redis.acl_check_cmd(unpack(ARGV, i + 1, i + words)) then
    refused[#refused + 1] = place
  end
  i = i + 1 + words
end
return refused
