-- For a cluster: takes leases for a refresh, from whoever holds them. KEYS: the leases. ARGV: token, life in ms.
for _, lease in ipairs(KEYS) do
  call('SET', lease, ARGV[1], 'PX', ARGV[2])
end
return {}
