-- Files a key under a tag, where the tag stands in another cluster slot than the key (rule 15: before the tag's fence is
-- checked). KEYS: the tag. ARGV: the key, for how many ms.
file(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return {}
