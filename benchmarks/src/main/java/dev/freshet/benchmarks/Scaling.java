package dev.freshet.benchmarks;

import dev.freshet.benchmarks.Freshet.Setting;
import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.load.Watcher;
import dev.freshet.benchmarks.report.Results;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How Freshet's cost grows with its configuration: one thing at a time is made larger. Confined to one thread. */
final class Scaling {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CHANGES = 100_000;
    private static final int BY = 1_000;
    private static final int MEASURED = 2;

    private final Site site;
    private final Results results;
    private final Consumer<String> progress;

    Scaling(Site site, Results results, Consumer<String> progress) {
        this.site = site;
        this.results = results;
        this.progress = progress;
    }

    /**
     * One configuration.
     *
     * @param tables the changes are spread over so many, each with caches of its own
     * @param idle caches of each table that no change concerns
     * @param keys that each change touches
     */
    record Case(String name, int tables, int idle, int keys, int partitions) {

        static List<Case> all() {
            return List.of(
                    new Case("one of each, 6 partitions", 1, 0, 1, 6),
                    new Case("10 tables", 10, 0, 1, 6),
                    new Case("50 tables", 50, 0, 1, 6),
                    new Case("4 caches more, not concerned", 1, 4, 1, 6),
                    new Case("16 caches more, not concerned", 1, 16, 1, 6),
                    new Case("4 keys a change", 1, 0, 4, 6),
                    new Case("16 keys a change", 1, 0, 16, 6),
                    new Case("1 partition", 1, 0, 1, 1),
                    new Case("24 partitions", 1, 0, 1, 24));
        }

        String table(int number) {
            return tables == 1 ? Source.TABLE : "many_" + number;
        }

        /** The section {@code caches} of the configuration file. */
        String caches() {
            List<String> all = new ArrayList<>();
            for (int table = 0; table < tables; table++) {
                for (int key = 0; key < keys; key++) {
                    all.add(cache(table, "key" + key, key == 0 ? "item:{id}" : "k" + key + ":{id}", ""));
                }
                for (int other = 0; other < idle; other++) {
                    all.add(cache(table, "idle" + other, "i" + other + ":{id}", ", when: \"row.id < 0\""));
                }
            }
            return all.stream().collect(Collectors.joining("\n", "", "\n"));
        }

        private String cache(int table, String name, String key, String further) {
            return "  t%d-%s: { table: public.%s, key: \"%s\"%s }".formatted(table, name, table(table), key, further);
        }
    }

    void play(List<Case> cases) throws SQLException, InterruptedException {
        int most = cases.stream().mapToInt(Case::tables).max().orElse(0);
        if (most > 1) {
            makeTables(most);
        }
        int number = 0;
        for (Case one : cases) {
            number++;
            play(one, "scale" + number);
        }
    }

    /** Empty: each case fills those that it uses. */
    private void makeTables(int most) throws SQLException {
        Source source = site.source();
        source.run(IntStream.range(0, most)
                .mapToObj(number -> "CREATE TABLE IF NOT EXISTS many_" + number + " (LIKE " + Source.TABLE
                        + " INCLUDING ALL) WITH (fillfactor = 50, autovacuum_enabled = off)")
                .toArray(String[]::new));
    }

    private void play(Case one, String pipeline) throws SQLException, InterruptedException {
        progress.accept("scaling: " + one.name());
        site.clear();
        spread(one);
        Setting setting = new Setting(one.caches(), one.partitions(), List.of(), List.of());
        try (Freshet freshet = new Freshet(site, pipeline, setting)) {
            freshet.attach();
            burst(one);
            for (int i = 0; i < MEASURED; i++) {
                double before = Usage.cpuSeconds(freshet.processes());
                double rate = burst(one);
                double used = Usage.cpuSeconds(freshet.processes()) - before;
                if (rate > 0) {
                    results.add(Figures.SCALING, one.name(), "row changes a second", rate);
                    results.add(Figures.SCALING_CPU, one.name(), "in bulk", 1e6 * used / CHANGES);
                }
            }
        }
    }

    /** Row {@code n} stands in one table of the case, and in no other. */
    private void spread(Case one) throws SQLException {
        for (int number = 0; one.tables() > 1 && number < one.tables(); number++) {
            int size = CHANGES / one.tables();
            site.source()
                    .run(
                            "TRUNCATE " + one.table(number),
                            "INSERT INTO " + one.table(number) + " SELECT g, 0, repeat('x', 100) FROM generate_series("
                                    + number * size + ", " + ((number + 1) * size - 1) + ") g");
        }
    }

    private double burst(Case one) throws SQLException {
        int size = CHANGES / one.tables();
        int all = size * one.tables();
        site.fill("item:", 0, all);
        try (Watcher watcher = site.watch("item:")) {
            for (int number = 0; number < one.tables(); number++) {
                site.source().change(one.table(number), number * size, size, Math.min(BY, size));
            }
            if (!watcher.await(all, PATIENCE)) {
                progress.accept(String.format(
                        Locale.ROOT, "%s: %,d of %,d keys still stood", one.name(), all - watcher.count(), all));
                return 0;
            }
            return all / (watcher.span().toNanos() / 1e9);
        }
    }
}
