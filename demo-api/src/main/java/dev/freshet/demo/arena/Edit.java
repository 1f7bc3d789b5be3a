package dev.freshet.demo.arena;

import dev.freshet.demo.strategy.Kind;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;

/** A price that somebody set by SQL, and how long it took until each strategy served it. Thread-safe. */
public final class Edit {

    private final long number;
    private final long book;
    private final BigDecimal price;
    private final Map<Kind, Double> landed = new EnumMap<>(Kind.class);

    Edit(long number, long book, BigDecimal price) {
        this.number = number;
        this.book = book;
        this.price = price;
    }

    public long number() {
        return number;
    }

    public long book() {
        return book;
    }

    public BigDecimal price() {
        return price;
    }

    /** The statement that was committed. */
    public String sql() {
        return Writer.sql(book, price);
    }

    synchronized void landed(Kind kind, double millis) {
        landed.put(kind, millis);
    }

    /** Milliseconds from the commit's return until a read had it; what is missing has not served it yet. */
    public synchronized Map<Kind, Double> landed() {
        return landed.isEmpty() ? Map.of() : new EnumMap<>(landed);
    }
}
