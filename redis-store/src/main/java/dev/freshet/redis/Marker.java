package dev.freshet.redis;

import java.util.Map;
import java.util.Set;

/**
 * What a pipeline left in Redis to find out later whether Redis has lost writes. Immutable.
 *
 * @param server which server of which history holds it: another after a restart, a failover or a full resynchronisation
 * @param fields what stands there; never an empty value
 * @param primaries of a cluster, which servers of which history its primaries are; none of a single server, where nothing is
 *     lost without the marker's last moves
 */
public record Marker(String server, Map<String, String> fields, Set<String> primaries) {
    public Marker {
        fields = Map.copyOf(fields);
        primaries = Set.copyOf(primaries);
    }

    /** Of a single server. */
    public Marker(String server, Map<String, String> fields) {
        this(server, fields, Set.of());
    }
}
