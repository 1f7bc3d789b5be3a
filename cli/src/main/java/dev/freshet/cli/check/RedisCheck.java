package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.RedisTls;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.redis.RedisClients;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Whether Redis answers and can serve. */
final class RedisCheck {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FreshetConfig config;
    private final Findings findings;

    RedisCheck(FreshetConfig config, Findings findings) {
        this.config = config;
        this.findings = findings.because("the cache that is kept fresh is there");
    }

    void check() {
        String url = config.redis().url().reveal();
        if (url.startsWith("redis+cluster:") || url.startsWith("rediss+cluster:")) {
            findings.wrong(
                    "redis.url",
                    "this version does not serve a Redis cluster yet; name a single server, or sentinels with"
                            + " redis-sentinel://");
            return;
        }
        if (filesStand() && reachable()) {
            try (RedisCacheStore store =
                    RedisCacheStore.at(config.redis(), config.writer().fenceWindow(), LIMIT)) {
                store.unfit()
                        .toCompletableFuture()
                        .join()
                        .ifPresent(reason -> findings.add(
                                Severity.WRONG,
                                "redis.url",
                                reason,
                                reason.contains("NOPERM")
                                        ? List.of(Mend.hand("let the user run INFO: ACL SETUSER … +info"))
                                        : List.of()));
            } catch (CompletionException | IllegalArgumentException e) {
                findings.wrong("redis.url", "Redis cannot be used: " + e.getMessage());
            }
        }
    }

    private boolean filesStand() {
        RedisTls tls = config.redis().tls();
        boolean ca = stands("redis.tls.ca", tls.ca());
        boolean certificate = stands("redis.tls.certificate", tls.certificate());
        boolean key = stands("redis.tls.key", tls.key());
        return ca && certificate && key;
    }

    private boolean stands(String path, Optional<Path> file) {
        boolean stands = file.map(Files::isReadable).orElse(true);
        if (!stands) {
            findings.wrong(path, file.get() + " is not there, or may not be read");
        }
        return stands;
    }

    /** Tells a server that is away from one that refuses. */
    private boolean reachable() {
        String url = config.redis().url().reveal();
        try (RedisClient client = RedisClients.create(config.redis(), LIMIT)) {
            client.connect().close();
            return true;
        } catch (RedisException e) {
            refusal(e)
                    .ifPresentOrElse(
                            refusal -> findings.wrong("redis.url", refusal),
                            () -> findings.unreachable(
                                    "redis.url",
                                    "Redis cannot be reached within " + LIMIT.toSeconds() + " s"
                                            // A server without TLS waits for more of what it takes for a command.
                                            + (url.startsWith("rediss") ? " by TLS: is it spoken at this port?" : "")));
            return false;
        } catch (IllegalArgumentException | IllegalStateException e) {
            findings.wrong(
                    "redis.url",
                    url.startsWith("redis-socket:")
                            ? "a socket needs Linux on x86-64 or ARM64, and a directory for temporary files from which"
                                    + " libraries may be loaded; name the server's address instead"
                            : "must have the form redis://[user:password@]host[:port][/database]");
            return false;
        }
    }

    private Optional<String> refusal(RedisException failure) {
        List<Throwable> causes =
                Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
        Optional<String> refused = causes.stream()
                .filter(RedisCommandExecutionException.class::isInstance)
                .findFirst()
                .map(cause -> "Redis refuses the connection: " + cause.getMessage()
                        + "; mend user, password or database in the url");
        return refused.or(() -> causes.stream()
                .filter(SSLException.class::isInstance)
                .findFirst()
                .map(cause -> String.valueOf(cause.getMessage()).split(": [0-9a-f]{8}", 2)[0])
                .map(told -> "TLS with Redis fails: " + told + "; " + mend(told)));
    }

    /** What mostly stands behind an error of TLS. */
    private String mend(String message) {
        if (message.contains("not an SSL/TLS record")) {
            return "it speaks no TLS at this port: write redis://, or the port for TLS";
        } else if (message.contains("path building") || message.contains("trust anchor")) {
            return "name the CA that signed its certificate in redis.tls.ca";
        } else if (message.contains("certificate_required") || message.contains("bad_certificate")) {
            return "it asks for a certificate: name one, and its key, in redis.tls.certificate and redis.tls.key";
        }
        return "the certificate must name the host that redis.url names (or write ?verifyPeer=CA behind it, where any"
                + " name of that CA will do)";
    }
}
