package dev.freshet.cli.http;

import java.util.List;

/** How the process fares. Thread-safe. */
@FunctionalInterface
public interface Health {

    /** Its parts as they are now. Does not block. */
    List<Part> parts();

    /**
     * One part of the process.
     *
     * @param name {@code listener} or {@code writer}
     * @param role what it does, in one word
     * @param live whether it works on; where it does not, only a new process will
     * @param reasons what stands against changes coming through it soon, for people, one sentence each; ready where there
     *     are none
     */
    record Part(String name, String role, boolean live, List<String> reasons) {

        public Part {
            reasons = List.copyOf(reasons);
        }

        public boolean ready() {
            return live && reasons.isEmpty();
        }
    }
}
