-- ARGV: pairs of positions. Returns 1 for each pair whose first is newer or the same.
local answers = {}
for i = 1, #ARGV, 2 do
  answers[#answers + 1] = at_or_after(ARGV[i], ARGV[i + 1]) and 1 or 0
end
return answers
