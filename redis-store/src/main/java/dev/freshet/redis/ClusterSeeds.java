package dev.freshet.redis;

import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.Secret;
import java.util.List;
import java.util.stream.Stream;

/** The servers that the url of a cluster names, each as if it stood alone. Pure functions, thread-safe. */
public final class ClusterSeeds {

    private static final String CLUSTER = "+cluster://";

    private ClusterSeeds() {}

    /** One configuration for each server that is named; of another url the configuration itself. */
    public static List<RedisConfig> of(RedisConfig config) {
        return RedisClients.isCluster(config)
                ? Stream.of(authority(config)
                                .substring(credentials(config).length())
                                .split(",", -1))
                        .map(address -> at(config, address))
                        .toList()
                : List.of(config);
    }

    /** The same user, files and options at one node. */
    static RedisConfig at(RedisConfig config, String address) {
        String url = config.url().reveal();
        String scheme = url.substring(0, url.indexOf(CLUSTER));
        String options =
                url.substring(url.indexOf("://") + 3 + authority(config).length());
        return new RedisConfig(
                new Secret(scheme + "://" + credentials(config) + address + options),
                config.replayOnFailover(),
                config.waitForReplicas(),
                config.tls());
    }

    private static String authority(RedisConfig config) {
        String url = config.url().reveal();
        return url.substring(url.indexOf("://") + 3).split("[/?#]", 2)[0];
    }

    private static String credentials(RedisConfig config) {
        String authority = authority(config);
        return authority.substring(0, authority.lastIndexOf('@') + 1);
    }
}
