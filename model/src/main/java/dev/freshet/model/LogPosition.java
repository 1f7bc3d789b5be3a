package dev.freshet.model;

import java.util.List;

/**
 * A position in the write-ahead log of one database cluster, told apart from the same number in another cluster's log.
 *
 * @param system the cluster's system identifier
 * @param timeline raised when a standby is promoted or a backup is restored
 */
public record LogPosition(String system, long timeline, Lsn lsn) {

    /**
     * Whether everything that the log held at the other position is known to stand before this one. False where the two are
     * of different clusters, and where this one is of an older timeline.
     */
    public boolean covers(LogPosition other) {
        return system.equals(other.system) && timeline >= other.timeline && lsn.compareTo(other.lsn) >= 0;
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException where the text is of another form
     */
    public static LogPosition parse(String text) {
        List<String> parts = List.of(text.split(":", -1));
        try {
            if (parts.size() == 3 && !parts.get(0).isEmpty()) {
                return new LogPosition(parts.get(0), Long.parseLong(parts.get(1)), Lsn.parse(parts.get(2)));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no system:timeline:position", e);
        }
        throw new IllegalArgumentException("'" + text + "' is no system:timeline:position");
    }

    /** {@code 7301234567890123456:1:16/B374D848}. */
    @Override
    public String toString() {
        return system + ":" + timeline + ":" + lsn;
    }
}
