package dev.freshet.redis;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Judges a server by what its INFO says. */
final class ServerFitness {

    private static final int OLDEST_MAJOR = 7;

    private ServerFitness() {}

    /**
     * Why the server at the address cannot serve, for people; empty when it can.
     *
     * @param cluster whether it is to be a node of a cluster, or must be none
     */
    static Optional<String> unfit(String address, String info, boolean cluster) {
        Map<String, String> facts = facts(info);
        String version = facts.getOrDefault("redis_version", "unknown");
        if (major(version) < OLDEST_MAJOR) {
            return Optional.of("Redis at " + address + " is version " + version
                    + "; version 7.0 or newer is needed, since older ones refuse scripts when memory is full");
        }
        if (!"master".equals(facts.getOrDefault("role", "master"))) {
            return Optional.of("Redis at " + address + " is a replica of " + facts.get("master_host") + ":"
                    + facts.get("master_port") + "; name the primary, or the sentinels that know it");
        }
        boolean node = "1".equals(facts.get("cluster_enabled"));
        if (node && !cluster) {
            return Optional.of("Redis at " + address
                    + " is a node of a cluster; write redis+cluster:// (or rediss+cluster://) in place of redis://");
        } else if (cluster && !node) {
            return Optional.of("Redis at " + address
                    + " is no node of a cluster; write redis:// (or rediss://) in place of redis+cluster://");
        }
        return Optional.empty();
    }

    /** The fields of INFO. */
    static Map<String, String> facts(String info) {
        Map<String, String> facts = new TreeMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        });
        return facts;
    }

    private static int major(String version) {
        String digits = version.split("\\.", 2)[0];
        return digits.matches("[0-9]{1,6}") ? Integer.parseInt(digits) : 0;
    }
}
