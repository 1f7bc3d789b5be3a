package dev.freshet.demo.strategy;

import java.sql.SQLException;

/** Always the database. */
final class NoCache implements Strategy {

    private final PageSource source;

    NoCache(PageSource source) {
        this.source = source;
    }

    @Override
    public Kind kind() {
        return Kind.NONE;
    }

    @Override
    public Reply read(long book) throws SQLException {
        return new Reply(source.page(book), false, true);
    }

    @Override
    public void close() {
        source.close();
    }
}
