-- Fences all keys that are filed under a tag. KEYS: the tag's fence. ARGV: window in ms, ids.
add_fence(KEYS[1], ARGV[2], ARGV[1])
return {}
