package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisCacheStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

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
        if (reachable(url)) {
            try (RedisCacheStore store = RedisCacheStore.at(url, config.writer().fenceWindow(), LIMIT)) {
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

    /** Tells a server that is away from one that refuses. */
    private boolean reachable(String url) {
        RedisClient client = RedisClient.create();
        try {
            RedisURI uri = RedisURI.create(url);
            uri.setTimeout(LIMIT);
            client.connect(uri).close();
            return true;
        } catch (RedisException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof RedisCommandExecutionException refused) {
                    findings.wrong(
                            "redis.url",
                            "Redis refuses the connection: " + refused.getMessage()
                                    + "; mend user, password or database in the url");
                    return false;
                }
            }
            findings.unreachable("redis.url", "Redis cannot be reached within " + LIMIT.toSeconds() + " s");
            return false;
        } catch (IllegalArgumentException e) {
            findings.wrong("redis.url", "must have the form redis://[user:password@]host[:port][/database]");
            return false;
        } finally {
            client.shutdown(Duration.ZERO, LIMIT);
        }
    }
}
