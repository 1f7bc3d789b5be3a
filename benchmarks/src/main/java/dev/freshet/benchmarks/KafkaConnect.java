package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.peer.UnlinkSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A standalone worker of Kafka Connect with Debezium and a sink that unlinks keys in batches. Set for low latency; it has
 * the heap that Freshet's two processes have together. The sink is our own: of the published connectors for Redis that were
 * tried, none resolves from Maven Central.
 */
final class KafkaConnect implements Rival {

    private static final String NAME = "bench_connect";
    private static final String HEAP = "-Xmx512m";
    private static final long RESOLVING_SECONDS = 120;

    private final Site site;
    private final String classPath;
    private final String prefix;
    private Optional<ChildJvm> running = Optional.empty();

    private KafkaConnect(Site site, String classPath, String prefix) {
        this.site = site;
        this.classPath = classPath;
        this.prefix = prefix;
    }

    /**
     * With the artifacts that {@code connect/pom.xml} names; empty where Maven cannot resolve them.
     *
     * @param prefix of its topics, that none before it had on this site
     */
    static Optional<Rival> resolve(Site site, String prefix) {
        return classPath(site.directory()).map(path -> new KafkaConnect(site, path, prefix));
    }

    private static Optional<String> classPath(Path directory) {
        Path resolved = directory.resolve("connect.classpath");
        String home = System.getenv().getOrDefault("FRESHET_BENCH_HOME", "");
        if (home.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (!Files.exists(resolved)) {
                Process maven = new ProcessBuilder(
                                "mvn",
                                "-q",
                                "-B",
                                "-Dquick",
                                "-f",
                                Path.of(home, "connect", "pom.xml").toString(),
                                "dependency:build-classpath",
                                "-DincludeScope=runtime",
                                "-Dmdep.outputFile=" + resolved)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("connect.resolving").toFile())
                        .start();
                if (!maven.waitFor(RESOLVING_SECONDS, TimeUnit.SECONDS)) {
                    maven.destroy();
                }
            }
            return Files.exists(resolved)
                    ? Optional.of(Files.readString(resolved).strip())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public String name() {
        return "Kafka Connect";
    }

    @Override
    public boolean keepsBacklog() {
        return true;
    }

    @Override
    public void attach() throws SQLException {
        site.source()
                .run(
                        "CREATE PUBLICATION " + NAME + " FOR TABLE " + Source.TABLE,
                        "SELECT pg_create_logical_replication_slot('" + NAME + "', 'pgoutput')");
        start();
    }

    @Override
    public void start() {
        List<String> files = Stream.of(
                        write("worker", worker()), write("connect-source", source()), write("connect-sink", sink()))
                .map(Path::toString)
                .toList();
        running = Optional.of(ChildJvm.start(
                site.directory(),
                new ChildJvm.Program(
                        "connect",
                        classPath + System.getProperty("path.separator") + own(),
                        "org.apache.kafka.connect.cli.ConnectStandalone",
                        List.of(HEAP),
                        files,
                        Map.of())));
    }

    /** Where this module's classes are: the sink needs nothing else of Freshet's. */
    private static Path own() {
        try {
            return Path.of(KafkaConnect.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> worker() {
        return Map.of(
                "bootstrap.servers", site.kafka(),
                "listeners", "http://127.0.0.1:0",
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "key.converter.schemas.enable", "false",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter.schemas.enable", "false",
                "offset.storage.file.filename",
                        site.directory().resolve(prefix + ".offsets").toString(),
                "offset.flush.interval.ms", "5000",
                "plugin.discovery", "service_load");
    }

    private Map<String, String> source() {
        String address = site.source().url().replaceFirst("jdbc:postgresql://", "");
        String host = address.substring(0, address.indexOf(':'));
        String port = address.substring(address.indexOf(':') + 1, address.indexOf('/'));
        Map<String, String> all = new TreeMap<>();
        all.put("name", "source");
        all.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        all.put("database.hostname", host);
        all.put("database.port", port);
        all.put("database.dbname", address.substring(address.indexOf('/') + 1));
        all.put("database.user", site.source().user());
        all.put("database.password", site.source().password());
        all.put("topic.prefix", prefix);
        all.put("plugin.name", "pgoutput");
        all.put("slot.name", NAME);
        all.put("publication.name", NAME);
        all.put("publication.autocreate.mode", "disabled");
        all.put("table.include.list", "public." + Source.TABLE);
        all.put("snapshot.mode", "no_data");
        all.put("poll.interval.ms", "5");
        all.put("topic.creation.default.partitions", "6");
        all.put("topic.creation.default.replication.factor", "1");
        all.put("producer.override.linger.ms", "0");
        all.put("transforms", "row,id");
        all.put("transforms.row.type", "io.debezium.transforms.ExtractNewRecordState");
        all.put("transforms.id.type", "org.apache.kafka.connect.transforms.ExtractField$Key");
        all.put("transforms.id.field", "id");
        return all;
    }

    private Map<String, String> sink() {
        Map<String, String> all = new TreeMap<>();
        all.put("name", "sink");
        all.put("connector.class", UnlinkSink.class.getName());
        all.put("topics", prefix + ".public." + Source.TABLE);
        all.put(UnlinkSink.REDIS, site.peer().redisHost() + ":" + site.peer().redisPort());
        all.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        all.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        all.put("consumer.override.max.poll.records", "2000");
        all.put("consumer.override.auto.offset.reset", "earliest");
        all.put("consumer.override.metadata.max.age.ms", "1000");
        return all;
    }

    private Path write(String name, Map<String, String> properties) {
        try {
            String text = properties.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue().replace("\\", "\\\\"))
                    .collect(Collectors.joining("\n", "", "\n"));
            return Files.writeString(site.directory().resolve(name + ".properties"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Long> processes() {
        return running.stream().map(ChildJvm::pid).toList();
    }

    @Override
    public void stop() {
        running.ifPresent(ChildJvm::close);
        running = Optional.empty();
    }

    @Override
    public void close() {
        stop();
    }
}
