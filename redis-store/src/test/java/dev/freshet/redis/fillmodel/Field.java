package dev.freshet.redis.fillmodel;

/** Some bits of a world's state, which is one long. Immutable. */
record Field(int shift, int width) {

    /** Gives out the bits of a long, from its lowest. */
    static final class Bits {

        private int used;

        Field next(int width) {
            Field field = new Field(used, width);
            used += width;
            if (used > Long.SIZE) {
                throw new IllegalStateException("a state has no more than " + Long.SIZE + " bits");
            }
            return field;
        }
    }

    int of(long state) {
        return (int) ((state >>> shift) & mask());
    }

    boolean is(long state) {
        return of(state) != 0;
    }

    long with(long state, int value) {
        if (value < 0 || value > mask()) {
            throw new IllegalArgumentException(value + " has more than " + width + " bits");
        }
        return (state & ~(mask() << shift)) | ((long) value << shift);
    }

    private long mask() {
        return (1L << width) - 1;
    }
}
