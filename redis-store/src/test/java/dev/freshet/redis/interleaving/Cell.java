package dev.freshet.redis.interleaving;

/** One number of a world's state. All of them together say what may happen next, and can be put back. */
final class Cell {

    private final World world;
    private final int index;

    Cell(World world, int index) {
        this.world = world;
        this.index = index;
    }

    int get() {
        return world.read(index);
    }

    void set(int value) {
        world.write(index, value);
    }

    void add(int more) {
        set(get() + more);
    }

    boolean has(int bit) {
        return (get() >> bit & 1) == 1;
    }

    /** Adds a bit. */
    void mark(int bit) {
        set(get() | 1 << bit);
    }

    void clear(int bit) {
        set(get() & ~(1 << bit));
    }
}
