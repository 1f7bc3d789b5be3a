package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.RedisTls;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.ClusterSeeds;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.redis.RedisClients;
import dev.freshet.redis.RedisInspection;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    /** Why a server cannot be used. */
    private record Trouble(boolean away, String message) {}

    /** Whether the server answers, or of a cluster one of those that are named; of those that do not the first is told. */
    private boolean reachable() {
        List<Trouble> troubles = new ArrayList<>();
        for (RedisConfig server : ClusterSeeds.of(config.redis())) {
            Optional<Trouble> trouble = trouble(server);
            if (trouble.isEmpty()) {
                return true;
            }
            troubles.add(trouble.get());
        }
        // What refuses us is there: that is to be mended first.
        Trouble told =
                troubles.stream().filter(trouble -> !trouble.away()).findFirst().orElseGet(() -> troubles.get(0));
        if (told.away()) {
            findings.unreachable("redis.url", told.message());
        } else {
            findings.wrong("redis.url", told.message());
        }
        return false;
    }

    /** Tells a server that is away from one that refuses. */
    private Optional<Trouble> trouble(RedisConfig server) {
        String url = server.url().reveal();
        try (RedisClient client = RedisClients.create(server, LIMIT)) {
            client.connect().close();
            return noNode(server);
        } catch (CacheUnavailableException e) {
            return Optional.of(new Trouble(true, String.valueOf(e.getMessage())));
        } catch (RedisException e) {
            return Optional.of(refusal(e)
                    .map(refusal -> new Trouble(false, refusal))
                    .orElseGet(() -> new Trouble(
                            true,
                            "Redis cannot be reached within " + LIMIT.toSeconds() + " s"
                                    // A server without TLS waits for more of what it takes for a command.
                                    + (url.startsWith("rediss") ? " by TLS: is it spoken at this port?" : ""))));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Optional.of(new Trouble(
                    false,
                    url.startsWith("redis-socket:")
                            ? "a socket needs Linux on x86-64 or ARM64, and a directory for temporary files from which"
                                    + " libraries may be loaded; name the server's address instead"
                            : "must have the form redis://[user:password@]host[:port][/database]"));
        }
    }

    /** A server that stands alone behind the url of a cluster; its client would only say that it finds no cluster. */
    private Optional<Trouble> noNode(RedisConfig server) {
        return RedisClients.isCluster(config.redis())
                        && RedisInspection.look(server, List.of())
                                .text("cluster_enabled")
                                .equals("0")
                ? Optional.of(new Trouble(
                        false,
                        "it is no node of a cluster; write redis:// (or rediss://) in place of redis+cluster://"))
                : Optional.empty();
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
