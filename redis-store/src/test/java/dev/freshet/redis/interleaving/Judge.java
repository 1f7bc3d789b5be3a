package dev.freshet.redis.interleaving;

import java.util.Arrays;
import java.util.Optional;

/** Says what is wrong with the value that stands at a world's key. Knows transactions only, neither fences nor snapshots. */
final class Judge {

    private Judge() {}

    /** @param before what stood there before the last step */
    static Optional<String> verdict(World world, Step last, Optional<String> before, Optional<String> value) {
        if (value.isEmpty() || world.complaint().isPresent()) {
            return world.complaint();
        }
        int[] reflected = transactions(value.get());
        for (int row = 0; row < reflected.length; row++) {
            int lacking = world.applied(row) & ~reflected[row];
            if (world.strong() && lacking != 0) {
                return Optional.of("the value lacks a change that was applied before");
            }
            if (world.quiet() && reflected[row] != world.source.visible(row)) {
                return Optional.of("all is quiet, and the value is not that of the rows");
            }
            if (world.monotone()
                    && last.actor().refreshes()
                    && before.isPresent()
                    && (transactions(before.get())[row] & ~reflected[row]) != 0) {
                return Optional.of("a refresh put an older value over a newer one");
            }
        }
        return Optional.empty();
    }

    private static int[] transactions(String value) {
        return Arrays.stream(value.split("/")).mapToInt(Integer::parseInt).toArray();
    }
}
