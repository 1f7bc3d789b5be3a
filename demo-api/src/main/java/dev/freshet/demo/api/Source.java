package dev.freshet.demo.api;

/** Where an answer came from. */
public enum Source {
    HIT("hit"),
    MISS("miss"),
    BYPASS("bypass");

    private final String header;

    Source(String header) {
        this.header = header;
    }

    /** As the response header says it. */
    public String header() {
        return header;
    }
}
