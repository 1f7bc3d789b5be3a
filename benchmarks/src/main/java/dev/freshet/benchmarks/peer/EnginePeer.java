package dev.freshet.benchmarks.peer;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.net.URI;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's engine with a handler that does nothing but count: what any pipeline on it can reach at most. It prints how many
 * row changes a second came, from the first of so many to the last.
 */
public final class EnginePeer {

    /** Of its publication and of its slot. */
    public static final String NAME = "bench_engine";

    /** What it prints is this name, a tab and the rate. */
    public static final String RATE = "rate";

    private final int rows;
    private int counted;
    private long first;

    private EnginePeer(int rows) {
        this.rows = rows;
    }

    /** Runs until it is killed; the slot and the publication have to exist. Its argument is how many rows make a rate. */
    public static void main(String[] arguments) {
        new EnginePeer(Integer.parseInt(arguments[0])).run(PeerSettings.of(System.getenv()));
    }

    private void run(PeerSettings settings) {
        DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                        ChangeEventFormat.of(Connect.class))
                .using(properties(settings))
                .notifying(
                        (List<RecordChangeEvent<SourceRecord>> batch,
                                DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer) -> {
                            take(batch.size());
                            committer.markProcessed(batch.get(batch.size() - 1));
                            committer.markBatchFinished();
                        })
                .build();
        engine.run();
    }

    private void take(int more) {
        if (counted == 0) {
            first = System.nanoTime();
        }
        counted += more;
        if (counted >= rows) {
            System.out.println(RATE + "\t" + Math.round(counted / ((System.nanoTime() - first) / 1e9)));
            counted = 0;
        }
    }

    private static Properties properties(PeerSettings settings) {
        URI url = URI.create(settings.url().substring("jdbc:".length()));
        Properties engine = new Properties();
        engine.setProperty("name", NAME);
        engine.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        engine.setProperty("topic.prefix", NAME);
        engine.setProperty("database.hostname", url.getHost());
        engine.setProperty("database.port", Integer.toString(url.getPort()));
        engine.setProperty("database.dbname", url.getPath().substring(1));
        engine.setProperty("database.user", settings.user());
        engine.setProperty("database.password", settings.password());
        engine.setProperty("plugin.name", "pgoutput");
        engine.setProperty("slot.name", NAME);
        engine.setProperty("publication.name", NAME);
        engine.setProperty("publication.autocreate.mode", "disabled");
        engine.setProperty("snapshot.mode", "no_data");
        engine.setProperty("poll.interval.ms", "5");
        engine.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        return engine;
    }
}
