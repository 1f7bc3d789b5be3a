package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.RedisTls;
import dev.freshet.model.config.Secret;
import dev.freshet.redis.KeyCommand.Invalidate;
import dev.freshet.stack.CertificateAuthority;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to a Redis besides plain TCP: one server that asks for TLS with certificates on both sides, and has a socket. */
class AddressIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @TempDir
    private static Path directory;

    private static CertificateAuthority authority;
    private static CertificateAuthority.Issued own;
    private static TestRedis redis;
    private static RedisCommands<String, String> plain;
    private static String tls;

    @BeforeAll
    static void start() throws Exception {
        authority = CertificateAuthority.in(directory);
        own = authority.issue("own", "ip:127.0.0.1");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        redis = TestRedis.start(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                own.certificate().toString(),
                "--tls-key-file",
                own.key().toString(),
                "--tls-ca-cert-file",
                authority.certificate().toString(),
                "--unixsocket",
                directory.resolve("redis.sock").toString());
        plain = redis.text();
        tls = "127.0.0.1:" + port;
    }

    @AfterAll
    static void end() {
        redis.close();
    }

    @Test
    void certificatesOnBothSides() {
        assertRemoves("rediss://" + tls, both());
    }

    @Test
    void aServerThatNobodyVouchesForIsRefused() {
        assertRefuses("rediss://" + tls, RedisTls.NONE, "path building failed");
    }

    @Test
    void aServerOfAnotherNameIsRefusedUnlessNamesAreNotAskedFor() {
        String other = "rediss://" + tls.replace("127.0.0.1", "localhost");

        assertRefuses(other, both(), "No name matching localhost");
        assertRemoves(other + "?verifyPeer=CA", both());
        assertRefuses(other + "?verifyPeer=CA", RedisTls.NONE, "path building failed");
    }

    @Test
    void whoShowsNoCertificateIsRefusedByTheServer() {
        assertRefuses(
                "rediss://" + tls,
                new RedisTls(Optional.of(authority.certificate()), Optional.empty(), Optional.empty()),
                "certificate_required");
    }

    @Test
    void aSocketOfThisMachine() {
        assertRemoves("redis-socket://" + directory.resolve("redis.sock"), RedisTls.NONE);
    }

    private static RedisTls both() {
        return new RedisTls(
                Optional.of(authority.certificate()), Optional.of(own.certificate()), Optional.of(own.key()));
    }

    private static void assertRemoves(String url, RedisTls tls) {
        plain.set("k", "v");
        try (RedisCacheStore store = RedisCacheStore.at(config(url, tls), WINDOW, LIMIT)) {
            assertThat(store.apply(List.of(invalidation()))
                            .toCompletableFuture()
                            .join()
                            .removed())
                    .isEqualTo(1);
        }
    }

    private static void assertRefuses(String url, RedisTls tls, String told) {
        plain.set("k", "v");
        try (RedisCacheStore store = RedisCacheStore.at(config(url, tls), WINDOW, LIMIT)) {
            assertThat(store.apply(List.of(invalidation())).toCompletableFuture())
                    .failsWithin(LIMIT.multipliedBy(2))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(CacheUnavailableException.class)
                    .withMessageContaining(told);
        }
        assertThat(plain.get("k")).isEqualTo("v");
    }

    private static RedisConfig config(String url, RedisTls tls) {
        return new RedisConfig(new Secret(url), Duration.ZERO, 0, tls);
    }

    private static Invalidate invalidation() {
        return new Invalidate("k", Optional.empty(), Fence.of(7), Optional.empty(), false);
    }
}
