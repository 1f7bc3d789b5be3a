package dev.freshet.writer.mend;

/** Grows while rows are small: what one page holds in memory is bounded, and the first is small in any case. Confined to one thread. */
final class PageSize {

    private static final int FIRST = 16;
    private static final int LARGEST = 256;
    private static final long BYTES = 1 << 20;

    private int rows = FIRST;

    int rows() {
        return rows;
    }

    void read(int count, long bytes) {
        if (bytes > BYTES) {
            rows = Math.max(1, (int) (count * BYTES / bytes));
        } else if (count >= rows && 2 * bytes <= BYTES) {
            rows = Math.min(LARGEST, 2 * rows);
        }
    }
}
