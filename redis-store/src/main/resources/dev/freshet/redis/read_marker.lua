-- A pipeline's marker. KEYS: the marker. Returns the server, then fields and values.
local answer = call('HGETALL', KEYS[1])
table.insert(answer, 1, server())
return answer
