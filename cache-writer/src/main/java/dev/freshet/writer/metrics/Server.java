package dev.freshet.writer.metrics;

import java.util.Locale;

/** What the writer depends on. */
public enum Server {
    REDIS("Redis"),
    KAFKA("Kafka"),
    POSTGRES("PostgreSQL");

    private final String title;

    Server(String title) {
        this.title = title;
    }

    /** As people write it. */
    public String title() {
        return title;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
