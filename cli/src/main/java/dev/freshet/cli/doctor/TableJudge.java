package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.plan.WhenExpression;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What stands against the mapped tables, beyond what must hold for a start. */
final class TableJudge {

    private final FreshetConfig config;
    private final Findings findings;

    TableJudge(FreshetConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void judge(TableFacts table) {
        List<CacheMapping> caches = config.caches().stream()
                .filter(cache -> cache.table().equals(table.table()))
                .toList();
        readable(caches, table);
        caches.forEach(cache -> toast(cache, table));
        caches.forEach(cache -> sharedByRows(cache, table));
        needlessIdentity(caches, table);
    }

    private void readable(List<CacheMapping> caches, TableFacts table) {
        if (!table.readable()) {
            String role = SqlIdentifier.quote(config.postgres().user());
            findings.because("what is warmed, and what a query stores, is read from the tables by this role")
                    .add(
                            Severity.WARNING,
                            "caches." + caches.get(0).name() + ".table",
                            "role " + role + " may not read '" + table.table() + "'",
                            Mend.sql("GRANT USAGE ON SCHEMA "
                                    + SqlIdentifier.quote(table.table().schema()) + " TO " + role + ";"),
                            Mend.sql("GRANT SELECT ON " + table.table().quoted() + " TO " + role + ";"));
        }
    }

    /** With the whole old row in the log Debezium takes the value from there. */
    private void toast(CacheMapping cache, TableFacts table) {
        Set<String> needed = new LinkedHashSet<>(templateColumns(cache));
        if (cache.onChange() instanceof OnChange.RefreshRow row) {
            needed.addAll(row.columns());
        }
        Set<String> missed = new LinkedHashSet<>();
        List<Mend> mends = new ArrayList<>();
        for (TableFacts.Leaf leaf : table.leaves()) {
            List<String> left = needed.stream().filter(leaf::leavesOut).toList();
            if (!left.isEmpty()) {
                missed.addAll(left);
                mends.add(Mend.sql(leaf.identity("FULL")));
            }
        }
        if (!missed.isEmpty()) {
            boolean refresh = cache.onChange() instanceof OnChange.RefreshRow;
            findings.because("the log leaves a TOASTed value out of an update that did not change it; "
                            + (refresh
                                    ? "then the entry is removed instead of refreshed, and the next read is a miss"
                                    : "then every key that may be meant is looked for by SCAN"))
                    .add(
                            Severity.WARNING,
                            "caches." + cache.name() + (refresh ? ".value.columns" : ".table"),
                            "'" + table.table() + "' holds TOASTed values, and the cache needs "
                                    + String.join(", ", missed)
                                    + (refresh ? "; or let a query store the value" : ""),
                            mends);
        }
    }

    private void sharedByRows(CacheMapping cache, TableFacts table) {
        if (!(cache.onChange() instanceof OnChange.RefreshRow)) {
            return;
        }
        Set<String> columns = templateColumns(cache);
        if (table.uniqueKeys().stream().noneMatch(columns::containsAll)) {
            findings.because("the entry holds whichever of these rows changed last")
                    .add(
                            Severity.NOTE,
                            "caches." + cache.name() + ".key",
                            "several rows of '" + table.table() + "' may share a key: no unique index is within its"
                                    + " columns; let a query store what stands for all of them, or delete");
        }
    }

    private void needlessIdentity(List<CacheMapping> caches, TableFacts table) {
        for (TableFacts.Leaf leaf : table.leaves()) {
            if (leaf.fullIdentity()
                    && !leaf.primaryKey().isEmpty()
                    && leaf.toastBytes() == 0
                    && caches.stream().allMatch(cache -> leaf.primaryKey().containsAll(oldColumns(cache)))) {
                findings.because("every update and delete logs the whole old row, and no cache needs more than its key")
                        .add(
                                Severity.NOTE,
                                "caches." + caches.get(0).name() + ".table",
                                "'" + leaf.table() + "' has REPLICA IDENTITY FULL, which nothing here needs",
                                Mend.sql(leaf.identity("DEFAULT")));
            }
        }
    }

    private static Set<String> oldColumns(CacheMapping cache) {
        Set<String> columns = new LinkedHashSet<>(templateColumns(cache));
        columns.addAll(cache.columns());
        cache.when().ifPresent(when -> columns.addAll(whenColumns(when)));
        if (cache.onChange() instanceof OnChange.RefreshQuery query) {
            columns.addAll(names(query.sql()));
        }
        return columns;
    }

    private static Set<String> whenColumns(String when) {
        try {
            return Set.copyOf(WhenExpression.compile(when).columns());
        } catch (IllegalArgumentException e) {
            return Set.of(); // the mapping's own check tells it
        }
    }

    private static List<String> names(String sql) {
        try {
            return NamedQuery.parse(sql).names();
        } catch (IllegalArgumentException e) {
            return List.of(); // the query's own check tells it
        }
    }

    private static Set<String> templateColumns(CacheMapping cache) {
        Set<String> columns = new LinkedHashSet<>();
        Stream<KeyTemplate> templates = Stream.of();
        if (cache.target() instanceof Target.Key key) {
            templates = Stream.of(key.key());
        } else if (cache.target() instanceof Target.Field field) {
            templates = Stream.of(field.key(), field.field());
        } else if (cache.target() instanceof Target.Tag tag) {
            templates = Stream.of(tag.tag());
        }
        templates.forEach(template -> columns.addAll(template.columns()));
        return columns;
    }
}
