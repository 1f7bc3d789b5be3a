package dev.freshet.cli.doctor;

import java.util.ArrayList;
import java.util.List;

/** What was measured, for people; nothing of it needs a mend. Confined to one thread. */
final class Measures {

    /** One measure. */
    record Measure(String name, String value) {}

    private final List<Measure> all = new ArrayList<>();

    void add(String name, String value) {
        all.add(new Measure(name, value));
    }

    List<Measure> all() {
        return List.copyOf(all);
    }
}
