package dev.freshet.demo.strategy;

import java.sql.SQLException;

/** Whoever writes through the application deletes the entry after the commit. Where Redis is away then, that is lost. */
final class OwnDelete implements Strategy {

    private final CacheAside cache;

    OwnDelete(CacheAside cache) {
        this.cache = cache;
    }

    @Override
    public Kind kind() {
        return Kind.APP;
    }

    @Override
    public Reply read(long book) throws SQLException {
        return cache.read(book);
    }

    @Override
    public void wrote(long book) {
        cache.delete(book);
    }

    @Override
    public void close() {
        cache.close();
    }
}
