package dev.freshet.demo.arena;

/**
 * What is asked of every strategy.
 *
 * @param reads each second by every strategy, of the same books
 * @param writes each second; all strategies share them
 * @param foreign which part of the writes, in percent, comes from somebody else than the application
 */
public record LoadSettings(int reads, int writes, int foreign) {

    public static final int MOST_READS = 500;
    public static final int MOST_WRITES = 100;

    /** What a laptop does without sweating. */
    public static final LoadSettings USUAL = new LoadSettings(100, 10, 50);

    public LoadSettings {
        require("reads", reads, MOST_READS);
        require("writes", writes, MOST_WRITES);
        require("foreign", foreign, 100);
    }

    private static void require(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(name + " must lie between 0 and " + most + ", not " + value);
        }
    }
}
