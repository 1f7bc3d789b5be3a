package dev.freshet.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.demo.api.BookApi;
import dev.freshet.demo.api.CachedReads;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.CatalogueData;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The catalogue and its API on the stack that the tests share, without a pipeline; each on a database of its own. */
public record Shop(
        HikariDataSource database,
        Catalogue catalogue,
        CatalogueData data,
        PlainCache cache,
        CachedReads reads,
        BookApi api)
        implements AutoCloseable {

    public static Shop open() {
        PostgresServer server = EmbeddedStack.shared().postgres();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl(newDatabase(server)));
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(4);
        HikariDataSource database = new HikariDataSource(config);
        CatalogueData data = CatalogueData.generate(1, 150, 750);
        data.store(database);
        Catalogue catalogue = new Catalogue(database);
        PlainCache cache = PlainCache.open(EmbeddedStack.shared().redis().url(), Duration.ofSeconds(10));
        cache.entries(key -> true).keySet().forEach(cache::delete);
        CachedReads reads =
                CachedReads.open(database, EmbeddedStack.shared().redis().url(), "shop");
        return new Shop(database, catalogue, data, cache, reads, BookApi.start(database, reads, 0, List.of()));
    }

    /** Everything in the cache that is not Freshet's own. */
    public Map<Entry, String> cached() {
        return cache.entries(key -> !key.startsWith("freshet:"));
    }

    public void emptyCache() {
        cache.entries(key -> true).keySet().forEach(cache::delete);
    }

    private static String newDatabase(PostgresServer server) {
        String name = "shop_" + Long.toUnsignedString(System.nanoTime());
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
            return name;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        api.close();
        reads.close();
        cache.close();
        database.close();
    }
}
