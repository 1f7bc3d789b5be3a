package dev.freshet.model;

/** A position in the write-ahead log, compared as an unsigned 64-bit number. */
public record Lsn(long value) implements Comparable<Lsn> {

    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads PostgreSQL's form, two hexadecimal halves: {@code 16/B374D848}.
     *
     * @throws IllegalArgumentException where the text is of another form
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (slash > 0) {
                long high = Long.parseLong(text, 0, slash, 16);
                long low = Long.parseLong(text, slash + 1, text.length(), 16);
                if (high >> 32 == 0 && low >> 32 == 0) {
                    return new Lsn(high << 32 | low);
                }
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a log position", e);
        }
        throw new IllegalArgumentException("'" + text + "' is not a log position");
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
