package dev.freshet.redis;

import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.RedisTls;
import dev.freshet.model.config.Secret;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lettuce clients for the Redis of a configuration file. */
public final class RedisClients {

    private static final Pattern CLUSTER = Pattern.compile("^(rediss?)\\+cluster://");

    private RedisClients() {}

    /**
     * A client that connects to the configured Redis when it is asked to, and never connects a lost connection again by
     * itself.
     *
     * @param timeout how long to wait for a connection, and for the reply to one command
     * @throws IllegalArgumentException where the url is of another form, or a file for TLS is missing; the message does not
     *     repeat the url
     */
    public static RedisClient create(RedisConfig config, Duration timeout) {
        RedisURI uri = uri(config, timeout);
        RedisClient client = RedisClient.create(uri);
        // What keeps a TCP connection alive means nothing to a socket, and the log would tell so each time.
        boolean tcp = uri.getSocket() == null;
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .socketOptions(socket(timeout, tcp))
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .sslOptions(ssl(config.tls()))
                .build());
        return client;
    }

    /** Whether the url names a cluster, for which {@link #createCluster} is. */
    public static boolean isCluster(RedisConfig config) {
        return CLUSTER.matcher(config.url().reveal()).find();
    }

    /**
     * A client of the configured cluster that follows keys to where they are, and never connects a lost connection again by
     * itself: what a connection's loss leaves behind is to be closed, and another connection to be opened.
     *
     * @param timeout as of {@link #create}
     * @throws IllegalArgumentException as of {@link #create}
     */
    public static RedisClusterClient createCluster(RedisConfig config, Duration timeout) {
        RedisClusterClient client = RedisClusterClient.create(clusterUris(config, timeout));
        client.setOptions(ClusterClientOptions.builder()
                .autoReconnect(false)
                // A node that has just joined is named by MOVED before the others are asked for it.
                .validateClusterNodeMembership(false)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                        .enablePeriodicRefresh(Duration.ofSeconds(30))
                        .build())
                .socketOptions(socket(timeout, true))
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .sslOptions(ssl(config.tls()))
                .build());
        return client;
    }

    static Connector connector(RedisConfig config, Duration timeout) {
        return isCluster(config) ? new OwnCluster(config, timeout) : new OwnClient(config, timeout);
    }

    private static SocketOptions socket(Duration timeout, boolean keepAlive) {
        return SocketOptions.builder()
                .connectTimeout(timeout)
                .keepAlive(keepAlive)
                .build();
    }

    /** The nodes that are asked first. */
    static List<RedisURI> clusterUris(RedisConfig config, Duration timeout) {
        try {
            Matcher scheme = CLUSTER.matcher(config.url().reveal());
            List<RedisURI> uris = RedisClusterURIUtil.toRedisURIs(URI.create(scheme.replaceFirst("$1://")));
            uris.forEach(uri -> uri.setTimeout(timeout));
            return uris;
        } catch (RuntimeException e) {
            // Its message, and its cause's, repeat the url with the password in it.
            throw new IllegalArgumentException(
                    "the Redis url is not of the form redis+cluster://[user:password@]host[:port][,host[:port]]");
        }
    }

    static RedisConfig plainly(String url) {
        return new RedisConfig(new Secret(url), Duration.ZERO, 0);
    }

    static RedisURI uri(RedisConfig config, Duration timeout) {
        try {
            RedisURI uri = RedisURI.create(config.url().reveal());
            uri.setTimeout(timeout);
            return uri;
        } catch (RuntimeException e) {
            // Its message, and its cause's, repeat the url with the password in it.
            throw new IllegalArgumentException(
                    "the Redis url is not of the form redis://[user:password@]host[:port][/database]");
        }
    }

    private static SslOptions ssl(RedisTls tls) {
        SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
        tls.ca().ifPresent(ca -> options.trustManager(ca.toFile()));
        if (tls.certificate().isPresent() && tls.key().isPresent()) {
            options.keyManager(tls.certificate().get().toFile(), tls.key().get().toFile(), new char[0]);
        }
        return options.build();
    }
}
