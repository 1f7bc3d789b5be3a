package dev.freshet.system.process;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The url of a Redis Cluster, as the configuration file takes it, for what stands beside the product. */
public final class ClusterUrl {

    private static final String SCHEME = "redis+cluster://";

    private ClusterUrl() {}

    public static boolean is(String url) {
        return url.startsWith(SCHEME);
    }

    /** The url of each node that is named; of another url that one alone. */
    public static List<String> nodes(String url) {
        if (!is(url)) {
            return List.of(url);
        }
        String authority = url.substring(SCHEME.length());
        String user = authority.substring(0, authority.lastIndexOf('@') + 1);
        return Stream.of(authority.substring(user.length()).split(",", -1))
                .map(address -> "redis://" + user + address)
                .toList();
    }

    /** As an application makes one that is to follow failovers and moved slots. */
    public static RedisClusterClient client(String url) {
        RedisClusterClient client = RedisClusterClient.create(
                nodes(url).stream().map(RedisURI::create).toList());
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Duration.ofSeconds(1))
                        .build())
                .build());
        return client;
    }
}
