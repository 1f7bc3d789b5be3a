package dev.freshet.redis;

import java.util.Map;

/**
 * What a pipeline left in Redis to find out later whether Redis has lost writes. Immutable.
 *
 * @param server which server of which history holds it: another after a restart, a failover or a full resynchronisation
 * @param fields what stands there; never an empty value
 */
public record Marker(String server, Map<String, String> fields) {
    public Marker {
        fields = Map.copyOf(fields);
    }
}
