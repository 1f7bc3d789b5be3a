package dev.freshet.writer;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mappings for tests, as the file would say them. */
public final class Mappings {

    private Mappings() {}

    public static CacheMapping key(String name, String template) {
        return of(name, new Target.Key(KeyTemplate.parse(template)));
    }

    public static CacheMapping field(String name, String template, String field) {
        return of(name, new Target.Field(KeyTemplate.parse(template), KeyTemplate.parse(field)));
    }

    public static CacheMapping match(String name, String glob) {
        return of(name, new Target.Match(glob));
    }

    public static CacheMapping tag(String name, String template, String members) {
        return of(name, new Target.Tag(KeyTemplate.parse(template), members));
    }

    public static CacheMapping of(String name, Target target) {
        return new CacheMapping(
                name,
                Tables.BOOKS,
                target,
                OnChange.DELETE,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty());
    }

    public static CacheMapping on(CacheMapping mapping, TableId table) {
        return new CacheMapping(
                mapping.name(),
                table,
                mapping.target(),
                mapping.onChange(),
                mapping.columns(),
                mapping.when(),
                mapping.ttl(),
                mapping.safeFills(),
                mapping.redeleteAfter());
    }

    public static CacheMapping refreshed(CacheMapping mapping, ValueFormat format, String... columns) {
        return with(mapping, new OnChange.RefreshRow(format, List.of(columns)));
    }

    public static CacheMapping rebuilt(CacheMapping mapping, String sql) {
        return with(mapping, new OnChange.RefreshQuery(sql, ValueFormat.JSON));
    }

    private static CacheMapping with(CacheMapping mapping, OnChange onChange) {
        return new CacheMapping(
                mapping.name(),
                mapping.table(),
                mapping.target(),
                onChange,
                mapping.columns(),
                mapping.when(),
                Optional.of(Duration.ofHours(1)),
                mapping.safeFills(),
                mapping.redeleteAfter());
    }

    public static CacheMapping when(CacheMapping mapping, String expression) {
        return new CacheMapping(
                mapping.name(),
                mapping.table(),
                mapping.target(),
                mapping.onChange(),
                mapping.columns(),
                Optional.of(expression),
                mapping.ttl(),
                mapping.safeFills(),
                mapping.redeleteAfter());
    }

    public static CacheMapping onlyFor(CacheMapping mapping, String... columns) {
        return new CacheMapping(
                mapping.name(),
                mapping.table(),
                mapping.target(),
                mapping.onChange(),
                Set.of(columns),
                mapping.when(),
                mapping.ttl(),
                mapping.safeFills(),
                mapping.redeleteAfter());
    }

    public static CacheMapping withoutSafeFills(CacheMapping mapping) {
        return new CacheMapping(
                mapping.name(),
                mapping.table(),
                mapping.target(),
                mapping.onChange(),
                mapping.columns(),
                mapping.when(),
                mapping.ttl(),
                false,
                mapping.redeleteAfter());
    }

    public static CacheMapping redeleted(CacheMapping mapping, Duration after) {
        return new CacheMapping(
                mapping.name(),
                mapping.table(),
                mapping.target(),
                mapping.onChange(),
                mapping.columns(),
                mapping.when(),
                mapping.ttl(),
                mapping.safeFills(),
                Optional.of(after));
    }
}
