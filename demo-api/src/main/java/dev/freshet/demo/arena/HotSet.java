package dev.freshet.demo.arena;

import java.util.Arrays;
import java.util.Random;

/** The books that are read and written; some more often than others, as anywhere. Thread-safe. */
final class HotSet {

    private static final int BOOKS = 200;
    private static final double SKEW = 0.8;

    private final double[] sums = new double[BOOKS];

    HotSet() {
        double sum = 0;
        for (int rank = 1; rank <= BOOKS; rank++) {
            sum += 1 / Math.pow(rank, SKEW);
            sums[rank - 1] = sum;
        }
    }

    /** The one with the lowest id, read most. */
    long hottest() {
        return 1;
    }

    /** Its ids go from 1 to this. */
    int size() {
        return BOOKS;
    }

    long next(Random random) {
        int found = Arrays.binarySearch(sums, random.nextDouble() * sums[BOOKS - 1]);
        return 1L + Math.min(BOOKS - 1, found < 0 ? -found - 1 : found);
    }
}
