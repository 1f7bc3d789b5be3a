package dev.freshet.listener;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** The engine's settings, each where its default is wrong for this job. */
final class EngineProperties {

    /** Debezium knows these as its own settings and has defaults for some, which would win over the driver's. */
    private static final Set<String> DEBEZIUM_OWN =
            Set.of("sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslfactory", "tcpKeepAlive");

    private EngineProperties() {}

    static Properties of(CaptureSettings settings, SourceAddress address, Lsn start) {
        Properties engine = new Properties();
        engine.setProperty("name", settings.topics().pipeline());
        engine.setProperty("connector.class", QuietConnector.class.getName());
        engine.setProperty("topic.prefix", settings.topics().pipeline());
        connection(engine, settings, address);
        capture(engine, settings);
        restarts(engine);
        pace(engine);
        engine.setProperty("offset.storage", SeededOffsets.class.getName());
        engine.setProperty(SeededOffsets.START, Long.toString(start.value()));
        return engine;
    }

    private static void connection(Properties engine, CaptureSettings settings, SourceAddress address) {
        engine.setProperty("database.hostname", address.host());
        engine.setProperty("database.port", Integer.toString(address.port()));
        engine.setProperty("database.dbname", address.database());
        engine.setProperty("database.user", settings.postgres().user());
        engine.setProperty("database.password", settings.postgres().password().reveal());
        address.properties().forEach((name, value) -> engine.setProperty(prefixed(name), value));
        engine.setProperty("driver.socketFactory", PatientSocketFactory.class.getName());
        // A role's or a database's own setting would print bytes in a form that Debezium fails on.
        engine.setProperty("driver.options", engine.getProperty("driver.options", "") + " -c bytea_output=hex");
    }

    /** Debezium's name of a property of the driver. */
    static String prefixed(String property) {
        return (DEBEZIUM_OWN.contains(property) ? "database." : "driver.") + property;
    }

    private static void capture(Properties engine, CaptureSettings settings) {
        engine.setProperty("plugin.name", "pgoutput");
        engine.setProperty("slot.name", settings.slot());
        engine.setProperty("publication.name", settings.publication());
        engine.setProperty("publication.autocreate.mode", "disabled");
        engine.setProperty("snapshot.mode", "no_data");
        engine.setProperty("skipped.operations", "none");
        engine.setProperty("decimal.handling.mode", "string");
        engine.setProperty("message.prefix.include.list", Heartbeats.PREFIX);
        engine.setProperty("table.include.list", tables(settings));
    }

    static String tables(CaptureSettings settings) {
        return settings.tables().stream().map(EngineProperties::pattern).collect(Collectors.joining(","));
    }

    /** The listener restarts the engine itself, after its own checks. */
    private static void restarts(Properties engine) {
        engine.setProperty("errors.max.retries", "0");
        engine.setProperty("slot.max.retries", "0");
        engine.setProperty("connection.validation.timeout.ms", "10000");
    }

    private static void pace(Properties engine) {
        // A batch of one wakes the polling thread at once; the interval only bounds how soon it sees a failure. It
        // spins
        // through the last millisecond of each.
        engine.setProperty("max.batch.size", "1");
        engine.setProperty("poll.interval.ms", "500");
        engine.setProperty("queue.provider.type", EngineQueue.NAME);
        engine.setProperty("max.queue.size", Integer.toString(EngineQueue.CAPACITY));
        // Telling the server waits for the reader, who waits for the next message; the polling thread must not.
        engine.setProperty("lsn.flush.timeout.ms", "2");
        engine.setProperty("lsn.flush.timeout.action", "ignore");
        engine.setProperty("offset.flush.interval.ms", "0");
    }

    /** Debezium reads comma-separated regular expressions; each special character is written by its number. */
    static String pattern(TableId table) {
        StringBuilder pattern = new StringBuilder();
        (table.schema() + "." + table.name()).codePoints().forEach(c -> {
            if ((c < 128 && Character.isLetterOrDigit(c)) || c == '_') {
                pattern.appendCodePoint(c);
            } else {
                pattern.append("\\x{").append(Integer.toHexString(c)).append('}');
            }
        });
        return pattern.toString();
    }
}
