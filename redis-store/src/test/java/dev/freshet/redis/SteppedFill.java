package dev.freshet.redis;

import dev.freshet.redis.ReadStore.Fill;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Optional;

/** The steps of a fill on a cluster, one at a time, as {@link ClusterReads} takes them at once. */
final class SteppedFill implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final CommandScripts scripts;
    private final RedisLink link;
    private final ClusterFences fences;
    private final PublishedPatterns patterns;

    SteppedFill(RedisClusterClient client, Duration window) {
        Scripts texts = Scripts.standard();
        this.scripts = new CommandScripts(texts, window);
        this.link = new RedisLink(new GivenCluster(client), Optional.of(LIMIT), LIMIT, texts.all());
        this.fences = new ClusterFences(link, scripts, window);
        ClusterReads reads = new ClusterReads(link, scripts, window);
        this.patterns = new PublishedPatterns(() -> link.ask("tell the patterns", reads::patterns));
    }

    /** Files under the tags and looks at the fences; gives nothing back where they refuse. */
    ClusterFences.Verdict check(Fill fill) {
        PublishedPatterns.Known known = patterns.current().join();
        return link.ask("look at fences", redis -> fences.fileAndAsk(redis, fill, known))
                .join();
    }

    /** The same by a test's own commands. */
    ClusterFences.Verdict check(RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill) {
        return fences.fileAndAsk(redis, fill, patterns.current().join())
                .toCompletableFuture()
                .join();
    }

    /** Whether it was stored. */
    boolean store(Fill fill, byte[] value) {
        ScriptCall call = scripts.checkedFill(fill.key(), fill.token(), fill.snapshot(), fill.ttl(), value);
        return link.ask("fill", redis -> link.run(redis, call)).join().get(0) == 1;
    }

    @Override
    public void close() {
        link.close();
    }
}
