-- KEYS: a fence. ARGV: snapshot. Returns 1 where the fence lets a fill of it pass.
return { allows(KEYS[1], parse_snapshot(ARGV[1])) and 1 or 0 }
