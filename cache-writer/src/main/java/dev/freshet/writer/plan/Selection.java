package dev.freshet.writer.plan;

/** Whether a change counts for a mapping, and why not. */
public enum Selection {
    SELECTED("the change counts"),
    NO_COLUMN_CHANGED("none of the mapping's columns changed"),
    WHEN_FALSE("the mapping's when is false on every image");

    private final String reason;

    Selection(String reason) {
        this.reason = reason;
    }

    /** For people. */
    public String reason() {
        return reason;
    }
}
