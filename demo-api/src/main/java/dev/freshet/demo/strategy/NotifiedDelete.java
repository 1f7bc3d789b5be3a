package dev.freshet.demo.strategy;

import java.sql.SQLException;

/** A listener of its own deletes what triggers notify. */
final class NotifiedDelete implements Strategy {

    private final CacheAside cache;
    private final NotificationListener listener;

    NotifiedDelete(CacheAside cache, Database database) {
        this.cache = cache;
        this.listener = NotificationListener.start(database, cache);
    }

    @Override
    public Kind kind() {
        return Kind.NOTIFY;
    }

    @Override
    public Reply read(long book) throws SQLException {
        return cache.read(book);
    }

    @Override
    public void listen(boolean on) {
        listener.listen(on);
    }

    @Override
    public void close() {
        listener.close();
        cache.close();
    }
}
