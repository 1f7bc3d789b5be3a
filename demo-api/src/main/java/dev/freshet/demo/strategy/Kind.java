package dev.freshet.demo.strategy;

import java.util.Locale;

/** The ways to serve a read that are compared. */
public enum Kind {
    NONE("No cache", "Every read asks PostgreSQL."),
    TTL("TTL only", "An entry lives its time; nothing removes it earlier."),
    APP(
            "Delete in the application",
            "The application deletes the entry after each commit of its own; of anybody else's it knows nothing."),
    NOTIFY(
            "Trigger and NOTIFY",
            "Triggers notify, a listener deletes. What was notified while it did not listen is lost, so it empties its"
                    + " cache when it is back."),
    FRESHET(
            "Freshet",
            "The write-ahead log tells of every commit. Reads go through cache-client: safe fills, one load of a key at a"
                    + " time, and the database where the cache is not known to be fresh.");

    private final String title;
    private final String explanation;

    Kind(String title, String explanation) {
        this.title = title;
        this.explanation = explanation;
    }

    /** As it stands in charts and tables. */
    public String title() {
        return title;
    }

    public String explanation() {
        return explanation;
    }

    /** In JSON. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What stands before the book's id in its keys. */
    public String prefix() {
        return this == FRESHET ? "page:" : id() + ":page:";
    }
}
