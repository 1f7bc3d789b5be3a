package dev.freshet.writer.mend;

import dev.freshet.model.CacheMapping.OnChange.RefreshQuery;
import dev.freshet.model.NamedQuery;
import dev.freshet.writer.apply.ValueQuery;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.plan.CacheAction;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills entries by their mapping's query, one after another, each with a snapshot of its own. */
final class QueryPageFill implements PageFill {

    private static final Logger LOG = LoggerFactory.getLogger(QueryPageFill.class);

    /** SQLSTATE classes of a source that is away, and not of a query that fails. */
    private static final Set<String> AWAY = Set.of("08", "53", "57", "58", "25");

    private final WarmPlan plan;
    private final LeasedFills fills;
    private final ValueQuery values;
    private final NamedQuery query;
    private final RefreshQuery refresh;
    private boolean warned;

    QueryPageFill(WarmPlan plan, LeasedFills fills, ValueQuery values) {
        this.plan = plan;
        this.fills = fills;
        this.values = values;
        this.refresh = (RefreshQuery) fills.mapping().onChange();
        this.query = NamedQuery.parse(refresh.sql());
    }

    @Override
    public Set<String> columns() {
        return plan.columns();
    }

    @Override
    public Warm.Tally fill(List<TablePages.Line> page, Optional<List<String>> after) {
        Map<String, CacheAction.Rebuild> rebuilds = new LinkedHashMap<>();
        for (TablePages.Line line : page) {
            if (plan.action(line.row()).orElse(null) instanceof CacheAction.Rebuild rebuild) {
                rebuilds.putIfAbsent(rebuild.key(), rebuild);
            }
        }
        Warm.Tally tally = Warm.Tally.NOTHING;
        for (CacheAction.Rebuild rebuild : rebuilds.values()) {
            tally = tally.and(fill(rebuild));
        }
        return tally;
    }

    /** One lease at a time: readers wait for it for as long as the query takes. */
    private Warm.Tally fill(CacheAction.Rebuild rebuild) {
        Map<String, String> leases = fills.lease(Set.of(rebuild.key()));
        if (leases.isEmpty()) {
            return new Warm.Tally(0, 0, 1, 0, 0);
        }
        String token = leases.values().iterator().next();
        try {
            ValueQuery.Loaded loaded = values.load(refresh, query, rebuild.parameters());
            if (loaded.value().isEmpty()) {
                fills.release(leases);
                return Warm.Tally.NOTHING;
            }
            boolean stored = fills.fill(
                            rebuild.key(),
                            token,
                            loaded.snapshot(),
                            loaded.value().get())
                    .toCompletableFuture()
                    .join();
            return new Warm.Tally(0, stored ? 1 : 0, 0, stored ? 0 : 1, 0);
        } catch (SourceUnavailableException e) {
            fills.release(leases);
            if (isAway(e)) {
                throw e;
            }
            if (!warned) {
                warned = true;
                LOG.warn(
                        "The query of cache {} failed; such entries are left out: {}",
                        fills.mapping().name(),
                        e.getMessage());
            }
            return new Warm.Tally(0, 0, 0, 0, 1);
        }
    }

    private static boolean isAway(SourceUnavailableException failure) {
        String state = failure.getCause() instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
        // A statement that takes too long is cancelled with 57014.
        return state.length() < 2 || (AWAY.contains(state.substring(0, 2)) && !state.equals("57014"));
    }

    @Override
    public long bytes() {
        return 0;
    }
}
