package dev.freshet.model;

/** The names of a pipeline's Kafka topics; Debezium's own convention for the tables'. */
public record Topics(String pipeline) {

    /** {@code <pipeline>.<schema>.<table>}, every character that Kafka refuses replaced by an underscore. */
    public String of(TableId table) {
        return sanitized(pipeline + "." + table.schema() + "." + table.name());
    }

    /** Heartbeats and gaps, as {@link ControlRecord}s. One partition. */
    public String control() {
        return pipeline + ".control";
    }

    /** The listener's offsets, compacted. One partition. */
    public String offsets() {
        return pipeline + ".offsets";
    }

    /** Records that could not be applied, each with its cause. */
    public String deadLetters() {
        return pipeline + ".dead-letters";
    }

    private static String sanitized(String name) {
        StringBuilder topic = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            topic.append(allowed || c == '.' || c == '_' || c == '-' ? c : '_');
        }
        return topic.toString();
    }
}
