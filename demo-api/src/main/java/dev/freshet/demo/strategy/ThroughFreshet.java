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

/** Reads through cache-client, without a near cache; the pipeline does the rest. */
final class ThroughFreshet implements Strategy {

    private static final ValueType<String> PAGE = ValueType.of(String.class);
    private static final Set<Outcome> HITS = EnumSet.of(Outcome.HIT, Outcome.NEAR_HIT, Outcome.NEGATIVE, Outcome.STALE);

    private final PageSource source;
    private final RedisClient client;
    private final FreshCache cache;
    private final ReadOptions options;

    private ThroughFreshet(PageSource source, RedisClient client, FreshCache cache, ReadOptions options) {
        this.source = source;
        this.client = client;
        this.cache = cache;
        this.options = options;
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
        ReadOptions options = ReadOptions.defaults().withTtl(ttl).withJitter(0).withMaxStaleness(maxStaleness);
        return new ThroughFreshet(source, client, cache, options);
    }

    @Override
    public Kind kind() {
        return Kind.FRESHET;
    }

    @Override
    public Reply read(long book) throws SQLException {
        Answer<String> answer = cache.read(
                kind().prefix() + book,
                PAGE,
                JdbcLoader.of(source.pool(), connection -> source.page(connection, book)),
                options);
        return new Reply(answer.value(), HITS.contains(answer.outcome()));
    }

    @Override
    public long queries() {
        return source.queries();
    }

    @Override
    public void close() {
        cache.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        source.close();
    }
}
