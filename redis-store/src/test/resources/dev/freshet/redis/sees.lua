-- ARGV: snapshot, then ids. Returns 1 for each id that the snapshot sees.
local snapshot, answers = parse_snapshot(ARGV[1]), {}
for i = 2, #ARGV do
  answers[i - 1] = sees(snapshot, ARGV[i]) and 1 or 0
end
return answers
