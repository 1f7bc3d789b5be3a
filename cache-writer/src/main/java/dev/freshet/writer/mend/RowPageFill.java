package dev.freshet.writer.mend;

import dev.freshet.model.Cell;
import dev.freshet.model.KeyTemplate.Rendered;
import dev.freshet.model.Row;
import dev.freshet.model.Snapshot;
import dev.freshet.writer.acknowledge.SnapshotSource;
import dev.freshet.writer.plan.CacheAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Fills entries from their rows. The rows tell their keys first; once the leases are granted and a snapshot is taken,
 * they are read again, with their values.
 */
final class RowPageFill implements PageFill {

    /** Rows that were inserted between the two readings come on top; they are the writer's to store. */
    private static final int MOST_ROWS = 10_000;

    private final WarmPlan plan;
    private final LeasedFills fills;
    private final TablePages pages;
    private final SnapshotSource snapshots;
    private long bytes;

    RowPageFill(WarmPlan plan, LeasedFills fills, TablePages pages, SnapshotSource snapshots) {
        this.plan = plan;
        this.fills = fills;
        this.pages = pages;
        this.snapshots = snapshots;
    }

    @Override
    public Set<String> columns() {
        return plan.keyColumns();
    }

    @Override
    public Warm.Tally fill(List<TablePages.Line> page, Optional<List<String>> after) {
        Set<String> keys = new LinkedHashSet<>();
        for (TablePages.Line line : page) {
            if (plan.key().render(line.row()) instanceof Rendered.Key rendered) {
                keys.add(rendered.key());
            }
        }
        bytes = 0;
        Map<String, String> leases = new LinkedHashMap<>(fills.lease(keys));
        int standing = keys.size() - leases.size();
        if (leases.isEmpty()) {
            return new Warm.Tally(0, 0, standing, 0, 0);
        }
        Snapshot snapshot = snapshots.take();
        List<CompletableFuture<Boolean>> filled = new ArrayList<>();
        Optional<List<String>> last = Optional.of(page.get(page.size() - 1).key());
        for (TablePages.Line line : pages.read(plan.columns(), after, last, MOST_ROWS)) {
            bytes += size(line.row());
            if (plan.action(line.row()).orElse(null) instanceof CacheAction.Put put) {
                Optional.ofNullable(leases.remove(put.key()))
                        .ifPresent(lease -> filled.add(fills.fill(put.key(), lease, snapshot, put.value())
                                .toCompletableFuture()));
            }
        }
        fills.release(leases);
        long stored = filled.stream().filter(CompletableFuture::join).count();
        return new Warm.Tally(0, stored, standing, filled.size() - stored, 0);
    }

    private static long size(Row row) {
        return row.columns().stream()
                .map(row::cell)
                .mapToLong(
                        cell -> cell instanceof Cell.Known known ? known.text().length() : 0)
                .sum();
    }

    @Override
    public long bytes() {
        return bytes;
    }
}
