package dev.freshet.demo.strategy;

import java.sql.SQLException;

/** An entry is as old as its TTL lets it be. */
final class TtlOnly implements Strategy {

    private final CacheAside cache;

    TtlOnly(CacheAside cache) {
        this.cache = cache;
    }

    @Override
    public Kind kind() {
        return Kind.TTL;
    }

    @Override
    public Reply read(long book) throws SQLException {
        return cache.read(book);
    }

    @Override
    public void close() {
        cache.close();
    }
}
