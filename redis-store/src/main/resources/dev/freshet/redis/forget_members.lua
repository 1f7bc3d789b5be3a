-- For a cluster, where a tag's members stand in other slots: lets some leave whose time has ended. KEYS: the tag. ARGV: how many.
local ended = call('ZRANGE', KEYS[1], '-inf', string.format('(%.0f', now()), 'BYSCORE', 'LIMIT', 0, ARGV[1])
if #ended > 0 then
  call('ZREM', KEYS[1], unpack(ended))
end
return {}
