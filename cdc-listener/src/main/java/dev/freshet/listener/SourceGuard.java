package dev.freshet.listener;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, during a run, at what the log does not tell. Publishes a gap of the tables that something happened to, and ends
 * the run where it cannot go on: the checks before the next one find out why. Confined to the thread of the heartbeats.
 */
final class SourceGuard {

    private static final Logger LOG = LoggerFactory.getLogger(SourceGuard.class);

    private final CaptureSettings settings;
    private final SourceReader reader;
    private final StoredPosition start;
    private final ChangePublisher publisher;
    private final PositionWriter positions;
    private final Runnable announced;
    private final Consumer<Exception> failed;
    private SourceReader.Seen last;
    private boolean held;
    private volatile boolean announcing;

    /**
     * @param start where the run starts
     * @param seen what its state of the source was made of
     * @param announced called for each gap
     * @param failed told why the run cannot go on
     */
    SourceGuard(
            CaptureSettings settings,
            StoredPosition start,
            SourceReader.Seen seen,
            ChangePublisher publisher,
            PositionWriter positions,
            Runnable announced,
            Consumer<Exception> failed) {
        this.settings = settings;
        this.reader = new SourceReader(settings);
        this.start = start;
        this.publisher = publisher;
        this.positions = positions;
        this.announced = announced;
        this.failed = failed;
        this.last = seen;
    }

    /** Looks once. Waits for no lock and for no reply of Kafka's. */
    void look(Connection connection) throws SQLException {
        Optional<String> lost = lostSlot(connection);
        SourceReader.Seen seen = reader.read(connection);
        if (!seen.state().incarnation().equals(start.source().incarnation())) {
            lost = Optional.of("the server was restarted after a crash, or is another one");
        }
        if (lost.isPresent()) {
            failed.accept(new ListenerException(lost.get()));
            return;
        }
        if (announcing || seen.state().equals(last.state())) {
            // One gap at a time: a later state must not be stored before it is.
            return;
        }
        compare(connection, seen);
        last = seen;
    }

    /** The walsender holds the slot; but between the checks and its start somebody else may have touched it. */
    private Optional<String> lostSlot(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT confirmed_flush_lsn::text, active, wal_status = 'lost' FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, settings.slot());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.of("replication slot " + settings.slot() + " is gone");
                }
                if (row.getBoolean(3)) {
                    return Optional.of("the server invalidated replication slot " + settings.slot());
                }
                boolean gone = held && !row.getBoolean(2);
                held |= row.getBoolean(2);
                if (gone) {
                    // Debezium itself notices only when it looks at its other connection, ten seconds apart.
                    return Optional.of("the walsender of replication slot " + settings.slot() + " is gone");
                }
                Lsn confirmed = Lsn.parse(Optional.ofNullable(row.getString(1)).orElse("0/0"));
                // Read after the slot's: the slot hears of no position that is not stored.
                return confirmed.compareTo(positions.stored()) > 0
                        ? Optional.of("somebody else moved replication slot " + settings.slot() + " to " + confirmed)
                        : Optional.empty();
            }
        }
    }

    private void compare(Connection connection, SourceReader.Seen seen) throws SQLException {
        Set<TableId> changed = new TreeSet<>();
        StringJoiner reason = new StringJoiner(", ");
        boolean restart = false;
        for (TableId table : seen.state().changedSince(last.state())) {
            MappedTable before = last.tables().getOrDefault(table, MappedTable.ABSENT);
            MappedTable now = seen.tables().getOrDefault(table, MappedTable.ABSENT);
            Optional<Collection<Long>> added = now.onlyGrownSince(before);
            if (added.isPresent() && reader.bornEmpty(connection, added.get())) {
                continue;
            }
            changed.add(table);
            reason.add(table + " " + now.differenceFrom(before));
            restart |= now.exists() && !now.published();
        }
        if (changed.isEmpty()) {
            positions.adopt(seen.state());
            return;
        }
        LOG.warn("The caches of {} must be flushed: {}", changed, reason);
        publish(new ControlRecord.Gap(reason.toString(), changed, seen.written(), start.epoch(), Instant.now()), seen);
        if (restart) {
            failed.accept(new ListenerException(changed + " must be published before this can go on"));
        }
    }

    /** The state of the source is stored once the gap is: after a crash between the two it is told again. */
    private void publish(ControlRecord.Gap gap, SourceReader.Seen seen) {
        OutgoingRecord record = new OutgoingRecord(settings.topics().control(), null, gap.toJson(), start.epoch());
        announcing = true;
        announced.run();
        try {
            publisher.send(record, new ChangePublisher.Acknowledgement() {
                @Override
                public void stored(int partition, long offset) {
                    positions.adopt(seen.state());
                    announcing = false;
                }

                @Override
                public void refused(Exception cause) {
                    failed.accept(cause);
                }
            });
        } catch (ListenerException e) {
            failed.accept(e);
        }
    }
}
