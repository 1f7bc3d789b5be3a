package dev.freshet.demo.strategy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Where a page comes from when no cache has it: one joined and aggregated query. Thread-safe. */
final class PageSource implements AutoCloseable {

    private static final int CONNECTIONS = 4;

    private static final String QUERY = "select json_build_object('id', b.id, 'title', b.title, 'author', a.name,"
            + " 'genre', g.name, 'price', b.price, 'quantity', s.quantity, 'stars', r.stars, 'reviews', r.reviews,"
            + " 'latest_review', r.latest)::text"
            + " from books b join authors a on a.id = b.author_id join genres g on g.id = b.genre_id"
            + " left join stock s on s.book_id = b.id"
            + " left join lateral (select round(avg(stars), 2) as stars, count(*) as reviews, max(id) as latest"
            + " from reviews where book_id = b.id) r on true"
            + " where b.id = ?";

    private final HikariDataSource pool;

    private PageSource(HikariDataSource pool) {
        this.pool = pool;
    }

    static PageSource open(Kind kind, Database database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("arena-" + kind.id());
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(5_000);
        return new PageSource(new HikariDataSource(config));
    }

    Optional<String> page(long book) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return page(connection, book);
        }
    }

    Optional<String> page(Connection connection, long book) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setLong(1, book);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    DataSource pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
