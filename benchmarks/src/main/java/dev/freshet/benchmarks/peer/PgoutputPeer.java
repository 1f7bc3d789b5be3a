package dev.freshet.benchmarks.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The least that can stand between the log and Redis: reads pgoutput, takes the first column of each change, unlinks the
 * key. No Kafka, no guards, no metrics; it forgets nothing, since the slot moves only after Redis has replied.
 */
public final class PgoutputPeer implements AutoCloseable {

    /** Of its publication and of its slot. */
    public static final String NAME = "bench_pgoutput";

    private static final byte[] PREFIX = "item:".getBytes(StandardCharsets.US_ASCII);

    private final Connection connection;
    private final PGReplicationStream stream;
    private final Unlinks unlinks;

    /** Transactions that Redis has not replied to: how many commands were sent by their end, and where they end. */
    private final Deque<Sent> pending = new ArrayDeque<>();

    private record Sent(long commands, long position) {}

    private PgoutputPeer(Connection connection, PGReplicationStream stream, Unlinks unlinks) {
        this.connection = connection;
        this.stream = stream;
        this.unlinks = unlinks;
    }

    /** Reads until it is killed. */
    public static void main(String[] arguments) throws SQLException {
        PeerSettings settings = PeerSettings.of(System.getenv());
        try (PgoutputPeer peer = open(settings)) {
            peer.work();
        }
    }

    /** Connects; the slot and the publication have to exist. */
    public static PgoutputPeer open(PeerSettings settings) throws SQLException {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        Connection connection = settings.connect(properties);
        PGReplicationStream stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(NAME)
                .withSlotOption("proto_version", "1")
                .withSlotOption("publication_names", NAME)
                .withAutomaticFlush(false)
                .withStatusInterval((int) Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
                .start();
        return new PgoutputPeer(connection, stream, new Unlinks(settings.redis()));
    }

    /** Reads until the connection ends. */
    public void work() throws SQLException {
        while (true) {
            ByteBuffer message = stream.read();
            if (message == null) {
                return;
            }
            take(message);
        }
    }

    private void take(ByteBuffer message) {
        byte sort = message.get();
        if (sort == 'I' || sort == 'U' || sort == 'D') {
            message.getInt(); // the table
            unlinks.add(key(message, sort));
        } else if (sort == 'C') {
            unlinks.flush();
            message.get(); // flags
            message.getLong(); // where the commit's record begins
            acknowledge(message.getLong());
        }
    }

    /** Of the old row where one is told: without it the key cannot have changed. */
    private static byte[] key(ByteBuffer message, byte sort) {
        byte image = message.get();
        if (image != (sort == 'I' || sort == 'U' ? 'N' : 'K') && image != 'K' && image != 'O') {
            throw new IllegalStateException("no image of a row: " + image);
        }
        message.getShort(); // columns
        byte form = message.get();
        if (form != 't') {
            throw new IllegalStateException("the first column has no value");
        }
        byte[] key = new byte[PREFIX.length + message.getInt()];
        System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
        message.get(key, PREFIX.length, key.length - PREFIX.length);
        return key;
    }

    private void acknowledge(long position) {
        pending.add(new Sent(unlinks.sent(), position));
        long answered = unlinks.answered();
        long done = 0;
        while (!pending.isEmpty() && pending.element().commands <= answered) {
            done = pending.remove().position;
        }
        if (done != 0) {
            LogSequenceNumber reached = LogSequenceNumber.valueOf(done);
            stream.setAppliedLSN(reached);
            stream.setFlushedLSN(reached);
        }
    }

    @Override
    public void close() throws SQLException {
        unlinks.close();
        connection.close();
    }
}
