package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a refresh's query reads and no cache watches. */
final class WatchJudge {

    private static final int LONGEST_NAME = 63;

    private final FreshetConfig config;
    private final Findings findings;

    WatchJudge(FreshetConfig config, Findings findings) {
        this.config = config;
        this.findings =
                findings.because("a change there reaches no key: what the query stored stays as it was until its"
                        + " ttl, or until a watched row changes");
    }

    /** Those of the tables whose changes do not reach the cache's keys. */
    Set<TableId> unwatched(CacheMapping cache, Set<TableId> read) {
        Keys keys = Keys.of(cache.target());
        Set<TableId> unwatched = new TreeSet<>(read);
        for (CacheMapping other : config.caches()) {
            Keys reached = Keys.of(other.target());
            if (reached.sameAs(keys) || reached.cover(keys)) {
                unwatched.remove(other.table());
            }
        }
        return unwatched;
    }

    /**
     * @param table its facts; empty where it is no table whose changes can be captured
     * @param published whether the publication, if it stands, names the table; empty where there is none yet
     */
    void judge(CacheMapping cache, TableId name, Optional<TableFacts> table, Optional<Boolean> published) {
        String path = "caches." + cache.name() + ".query";
        if (table.isEmpty()) {
            findings.add(
                    Severity.WARNING,
                    path,
                    "reads '" + name + "', whose changes are in no log of this server; bound its age by a ttl",
                    cache.ttl().isPresent()
                            ? List.of()
                            : List.of(Mend.setting("caches." + cache.name() + ".ttl", "1m")));
            return;
        }
        List<Mend> mends = new ArrayList<>();
        table.get().leaves().stream()
                .filter(leaf -> !leaf.logged())
                .forEach(
                        leaf -> mends.add(Mend.sql("ALTER TABLE " + leaf.table().quoted() + " SET LOGGED;")));
        table.get().leaves().stream()
                .filter(leaf -> leaf.primaryKey().isEmpty() && !leaf.fullIdentity())
                .forEach(leaf -> mends.add(Mend.sql(leaf.identity("FULL"))));
        SourceSql sql = new SourceSql(CaptureSettings.of(config));
        boolean lacking = published.map(there -> !there).orElseGet(() -> makesPublication());
        if (lacking && !config.tables().contains(name)) {
            mends.add(Mend.sql(sql.addTables(List.of(name))));
        }
        mends.add(Mend.setting("caches." + newName(cache, name), watching(cache, name)));
        findings.add(
                Severity.WARNING,
                path,
                "reads '" + name + "', and no cache that reaches "
                        + Keys.of(cache.target()).glob()
                        + " watches it; cheaper than match is key, where a column of that table makes the key",
                mends);
    }

    /** Whether a mend that was told before makes the publication; else the listener makes it, with all tables. */
    private boolean makesPublication() {
        return findings.all().stream()
                .flatMap(finding -> finding.sql().stream())
                .anyMatch(statement -> statement.startsWith("CREATE PUBLICATION "));
    }

    private static String watching(CacheMapping cache, TableId table) {
        String glob = Keys.of(cache.target()).glob();
        boolean wild = !glob.isEmpty() && "*?[".indexOf(glob.charAt(0)) >= 0;
        return "{ table: " + Yaml.quoted(table.toString()) + ", match: " + Yaml.quoted(glob)
                + (cache.safeFills() ? "" : ", safe-fills: false") + (wild ? ", allow-full-scan: true" : "") + " }";
    }

    private String newName(CacheMapping cache, TableId table) {
        String plain = (cache.name() + "-by-" + table.name()).replaceAll("[^A-Za-z0-9_-]", "-");
        String name = plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
        return config.caches().stream().anyMatch(other -> other.name().equals(name))
                ? name.substring(0, Math.min(name.length(), LONGEST_NAME - 2)) + "-2"
                : name;
    }
}
