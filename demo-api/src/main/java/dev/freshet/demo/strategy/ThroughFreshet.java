package dev.freshet.demo.strategy;

import dev.freshet.client.Answer;
import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.Outcome;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.SnapshotSource;
import dev.freshet.client.ValueType;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads through cache-client, without a near cache; the pipeline does the rest. */
final class ThroughFreshet implements Strategy {

    private static final ValueType<String> PAGE = ValueType.of(String.class);
    private static final Set<Outcome> HITS = EnumSet.of(Outcome.HIT, Outcome.NEAR_HIT, Outcome.NEGATIVE, Outcome.STALE);

    private final PageSource source;
    private final RedisClient client;
    private final FreshCache cache;
    private final ReadOptions plain;
    private final ReadOptions demanding;
    private volatile boolean demands = true;

    private ThroughFreshet(
            PageSource source, RedisClient client, FreshCache cache, ReadOptions plain, Duration maxStaleness) {
        this.source = source;
        this.client = client;
        this.cache = cache;
        this.plain = plain;
        this.demanding = plain.withMaxStaleness(maxStaleness);
    }

    /** @param maxStaleness from when on a cache of which nothing is heard is not asked */
    static ThroughFreshet open(
            Database database, String redisUrl, String pipeline, Duration ttl, Duration maxStaleness) {
        PageSource source = PageSource.open(Kind.FRESHET, database);
        RedisClient client = RedisClient.create(RedisURI.create(redisUrl));
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        FreshCache cache = FreshCache.builder(client, SnapshotSource.of(source.pool()))
                .pipeline(pipeline)
                .codec(new JsonText())
                .build();
        ReadOptions plain = ReadOptions.defaults().withTtl(ttl).withJitter(0);
        return new ThroughFreshet(source, client, cache, plain, maxStaleness);
    }

    @Override
    public Kind kind() {
        return Kind.FRESHET;
    }

    @Override
    public Reply read(long book) throws SQLException {
        // The loader runs on this thread, or not at all.
        AtomicBoolean queried = new AtomicBoolean();
        JdbcLoader<String> loader = JdbcLoader.of(source.pool(), connection -> {
            queried.setPlain(true);
            return source.page(connection, book);
        });
        Answer<String> answer = cache.read(kind().prefix() + book, PAGE, loader, demands ? demanding : plain);
        return new Reply(answer.value(), HITS.contains(answer.outcome()), queried.getPlain());
    }

    @Override
    public void demandFreshness(boolean on) {
        demands = on;
    }

    @Override
    public void close() {
        cache.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        source.close();
    }
}
