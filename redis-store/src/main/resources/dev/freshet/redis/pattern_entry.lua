-- For a cluster: what is known of the changes to all keys of a pattern. KEYS: the pattern's entry. Returns the newest position
-- ('' for none), and whether every order is in doubt.
local entry = read_entry(KEYS[1])
return { entry.p or '', entry.u and tonumber(entry.u) > now() and 1 or 0 }
