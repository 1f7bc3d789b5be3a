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
import java.time.Duration;

/** Lettuce clients for the Redis of a configuration file. */
public final class RedisClients {

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
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(timeout)
                        .keepAlive(tcp)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .sslOptions(ssl(config.tls()))
                .build());
        return client;
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
