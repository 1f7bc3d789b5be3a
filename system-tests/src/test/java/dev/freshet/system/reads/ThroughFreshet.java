package dev.freshet.system.reads;

import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.Loader;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.ValueType;
import dev.freshet.system.reads.Rows.Book;
import dev.freshet.system.reads.Rows.Member;
import dev.freshet.system.reads.SoakReaders.Read;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.sql.DataSource;

/** Reads as an application does. Half of the loads are checked on their own connection, half by a shared snapshot. */
final class ThroughFreshet implements SoakReaders.Reader {

    private static final ValueType<Book> BOOK = ValueType.of(Book.class);
    private static final ValueType<Member> MEMBER = ValueType.of(Member.class);
    private static final ValueType<List<Book>> SHELF = new ValueType<>() {};

    private final FreshCache plain;
    private final FreshCache near;
    private final DataSource source;
    private final Outcomes outcomes;

    ThroughFreshet(FreshCache plain, FreshCache near, DataSource source, Outcomes outcomes) {
        this.plain = plain;
        this.near = near;
        this.source = source;
        this.outcomes = outcomes;
    }

    @Override
    public Read read(String key, boolean fromNear, Random random) throws SQLException {
        FreshCache cache = fromNear ? near : plain;
        outcomes.expect();
        String value;
        if (key.startsWith("shelf:")) {
            value = Rows.told(get(cache, key, SHELF, connection -> Optional.of(Rows.shelf(connection, key)), random)
                    .orElse(List.of()));
        } else if (key.startsWith("member:")) {
            value = Rows.toldMember(get(cache, key, MEMBER, connection -> Rows.member(connection, key), random));
        } else {
            value = Rows.told(get(cache, key, BOOK, connection -> Rows.book(connection, key), random));
        }
        return new Read(outcomes.told(), value);
    }

    private <T> Optional<T> get(
            FreshCache cache, String key, ValueType<T> type, JdbcLoader.Query<T> query, Random random)
            throws SQLException {
        JdbcLoader.Query<T> lingering = connection -> {
            Optional<T> value = query.read(connection);
            Rows.linger(connection, random);
            return value;
        };
        Loader<T, SQLException> loader = random.nextBoolean()
                ? JdbcLoader.of(source, lingering)
                : () -> {
                    try (Connection connection = source.getConnection()) {
                        return lingering.read(connection);
                    }
                };
        return cache.get(key, type, loader, ReadOptions.defaults());
    }
}
