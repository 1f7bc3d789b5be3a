-- For a cluster: whether fences that stand in one slot let a fill of this snapshot pass; its lease must stand before.
-- KEYS: the fences. ARGV: the snapshot. Returns 1 or 0.
local snapshot = parse_snapshot(ARGV[1])
for _, fence in ipairs(KEYS) do
  if not snapshot or not allows(fence, snapshot) then
    return { 0 }
  end
end
return { 1 }
