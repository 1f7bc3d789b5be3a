package dev.freshet.demo.strategy;

import dev.freshet.demo.shop.Resources;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One strategy of each kind, with the same driver, pool and TTL. Immutable; closing closes all. */
public final class Strategies implements AutoCloseable {

    /** What an entry lives at most, with every strategy. */
    public static final Duration TTL = Duration.ofSeconds(15);

    /** What Freshet's reads tolerate when the pipeline is silent; then they ask the database. */
    public static final Duration MAX_STALENESS = Duration.ofSeconds(3);

    private final List<Strategy> all;

    private Strategies(List<Strategy> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Connects all of them, and installs the triggers that one of them needs; they are to be installed once.
     *
     * @param pipeline whose writer removes the entries of {@link Kind#FRESHET}
     */
    public static Strategies open(Database database, String redisUrl, String pipeline) throws SQLException {
        installTriggers(database);
        List<Strategy> opened = new ArrayList<>();
        try {
            opened.add(new NoCache(PageSource.open(Kind.NONE, database)));
            opened.add(new TtlOnly(CacheAside.open(Kind.TTL, database, redisUrl, TTL)));
            opened.add(new OwnDelete(CacheAside.open(Kind.APP, database, redisUrl, TTL)));
            opened.add(new NotifiedDelete(CacheAside.open(Kind.NOTIFY, database, redisUrl, TTL), database));
            opened.add(ThroughFreshet.open(database, redisUrl, pipeline, TTL, MAX_STALENESS));
            return new Strategies(opened);
        } catch (RuntimeException e) {
            opened.forEach(Strategy::close);
            throw e;
        }
    }

    private static void installTriggers(Database database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(Resources.text("strategy/notify.sql"));
        }
    }

    /** In the order of {@link Kind}. */
    public List<Strategy> all() {
        return all;
    }

    @Override
    public void close() {
        all.forEach(Strategy::close);
    }
}
