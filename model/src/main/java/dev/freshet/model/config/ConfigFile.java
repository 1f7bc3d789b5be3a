package dev.freshet.model.config;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A {@code freshet.yml} that was read: the configuration, and where in the file each part of it stands. Immutable. */
public final class ConfigFile {

    /** The time that the YAML parser takes for one long value grows with the square of its length. */
    private static final int LARGEST = 1 << 20;

    private static final String TOO_LARGE = "is larger than 1 MB, which no configuration is; is it the right file?";

    private final FreshetConfig config;
    private final Map<String, Integer> lines;

    private ConfigFile(FreshetConfig config, Map<String, Integer> lines) {
        this.config = config;
        this.lines = lines;
    }

    /**
     * Reads a file. Relative paths in it start from its own directory.
     *
     * @param environment the variables that the file may name
     * @throws ConfigException with everything that is wrong with the file
     */
    public static ConfigFile parse(Path file, Map<String, String> environment) {
        String text;
        try {
            if (Files.size(file) > LARGEST) {
                throw failure(TOO_LARGE);
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw failure("there is no such file: " + file);
        } catch (CharacterCodingException e) {
            throw failure("is not UTF-8 text: " + file);
        } catch (IOException e) {
            throw failure("cannot be read: " + file + " (" + e.getClass().getSimpleName() + ")");
        }
        return parse(text, environment, file.toAbsolutePath().normalize().resolveSibling(""));
    }

    /** Like {@link #parse(Path, Map)}, relative paths starting from the working directory. */
    public static ConfigFile parse(String text, Map<String, String> environment) {
        return parse(text, environment, Path.of("").toAbsolutePath());
    }

    private static ConfigFile parse(String text, Map<String, String> environment, Path directory) {
        if (text.length() > LARGEST) {
            throw failure(TOO_LARGE);
        }
        ConfigReading reading = new ConfigReading(new Variables(environment, directory));
        Node document = YamlReader.read(text, reading.problems());
        if (document instanceof Node.Nothing && !reading.problems().isEmpty()) {
            throw new ConfigException(reading.problems());
        }
        Section root = Section.of(reading, "", 1, document);
        FreshetConfig config = read(root, home(environment), directory);
        root.done();
        if (!reading.problems().isEmpty()) {
            List<ConfigProblem> inOrder = new ArrayList<>(reading.problems());
            inOrder.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new ConfigException(inOrder);
        }
        return new ConfigFile(config, ConfigReading.lines(document));
    }

    public FreshetConfig config() {
        return config;
    }

    /** A problem found later, at the line of its path or of the nearest part above that the file has. */
    public ConfigProblem problem(String path, String message) {
        String place = path;
        while (!lines.containsKey(place) && place.contains(".")) {
            place = place.substring(0, place.lastIndexOf('.'));
        }
        return new ConfigProblem(path, lines.getOrDefault(place, 0), message);
    }

    /** Reads all of it even where something is wrong; the stand-ins for what is wrong are never used. */
    private static FreshetConfig read(Section root, Path home, Path directory) {
        String pipeline = root.required("pipeline", "shop", Forms::pipeline).orElse("unknown");
        PostgresConfig postgres = postgres(root.section("postgres"));
        KafkaConfig kafka = kafka(root.section("kafka"), home, directory, pipeline);
        RedisConfig redis = redis(root.section("redis"), text -> Forms.path(text, home, directory));
        Section listenerSection = root.section("listener");
        ListenerConfig listener = new ListenerConfig(
                listenerSection.value("http", Forms::address).orElse(new HostPort("127.0.0.1", 8081)));
        listenerSection.done();
        WriterConfig writer = writer(root.section("writer"));
        List<CacheMapping> caches = caches(root, writer.fenceWindow());
        topics(root, new Topics(pipeline), caches);
        return new FreshetConfig(pipeline, postgres, kafka, redis, listener, writer, caches);
    }

    private static PostgresConfig postgres(Section section) {
        Map<String, PostgresConfig.OnMaxRetainedWal> words = new LinkedHashMap<>();
        words.put("warn", PostgresConfig.OnMaxRetainedWal.WARN);
        words.put("drop", PostgresConfig.OnMaxRetainedWal.DROP);
        PostgresConfig postgres = new PostgresConfig(
                section.required("url", "jdbc:postgresql://localhost:5432/shop", Forms::postgresUrl)
                        .orElse(""),
                section.requiredText("user", "freshet").orElse(""),
                new Secret(section.text("password").orElse("")),
                section.value("max-retained-wal", Forms::retainedWal).orElse(10L << 30),
                section.choice("on-max-retained-wal", words).orElse(PostgresConfig.OnMaxRetainedWal.WARN),
                section.properties(
                        "properties",
                        Map.of("user", "belongs to postgres.user", "password", "belongs to postgres.password")));
        section.done();
        return postgres;
    }

    private static KafkaConfig kafka(Section section, Path home, Path directory, String pipeline) {
        Optional<String> written = section.value("bootstrap-servers", Forms::bootstrapServers);
        Optional<String> servers = written.filter(text -> !text.isEmpty());
        boolean embedded = !section.has("bootstrap-servers") || (written.isPresent() && servers.isEmpty());
        Path dataDir = section.value("data-dir", text -> Forms.path(text, home, directory))
                .orElse(home.resolve(".freshet").resolve(pipeline));
        Section topics = section.section("topics");
        int partitions = topics.number("partitions", 1, 10_000).orElse(6);
        int replication = topics.number("replication", 1, 100).orElse(embedded ? 1 : 3);
        Duration retention = topics.duration("retention", Duration.ofMinutes(1), Duration.ofDays(3650))
                .orElse(Duration.ofHours(24));
        topics.done();
        Map<String, String> properties = section.properties("properties", Forms.RESERVED_KAFKA_PROPERTIES);
        protocol(section.section("properties"), properties);
        if (embedded) {
            if (replication > 1) {
                topics.problem(
                        "replication",
                        "must be 1 without kafka.bootstrap-servers: the embedded broker is a single node; leave it out");
            }
            if (!properties.isEmpty()) {
                section.problem(
                        "properties",
                        "have no use without kafka.bootstrap-servers: the embedded broker takes none; leave them out");
            }
        }
        section.done();
        return new KafkaConfig(servers, dataDir, partitions, replication, retention, properties);
    }

    private static RedisConfig redis(Section section, Function<String, Path> path) {
        String url = section.required("url", "redis://localhost:6379", Forms::redisUrl)
                .orElse("");
        Duration replay = section.duration("replay-on-failover", Duration.ZERO, Duration.ofDays(1))
                .orElse(Duration.ofSeconds(60));
        int replicas = section.number("wait-for-replicas", 0, 100).orElse(0);
        Section files = section.section("tls");
        RedisTls tls =
                new RedisTls(files.value("ca", path), files.value("certificate", path), files.value("key", path));
        if (files.has("certificate") != files.has("key")) {
            section.problem("tls", "certificate and key belong together: name both, or none");
        }
        if (section.has("tls") && !url.isEmpty() && !url.startsWith("rediss")) {
            section.problem("tls", "has no use, since redis.url asks for no TLS: write rediss://, or leave it out");
        }
        files.done();
        section.done();
        return new RedisConfig(new Secret(url), replay, replicas, tls);
    }

    /** Kafka's consumer would refuse the same, later, and without naming the file. */
    private static void protocol(Section section, Map<String, String> properties) {
        String protocol = properties.getOrDefault(KafkaConfig.GROUP_PROTOCOL, "classic");
        if (protocol.equalsIgnoreCase(KafkaConfig.CONSUMER_PROTOCOL)) {
            Forms.SET_BY_BROKERS.forEach((property, broker) -> {
                if (properties.containsKey(property)) {
                    section.problem(
                            property,
                            "is set by the brokers with group.protocol: consumer (their " + broker + "); leave it out");
                }
            });
        } else if (!protocol.equalsIgnoreCase("classic")) {
            section.problem(KafkaConfig.GROUP_PROTOCOL, "must be classic or consumer");
        }
    }

    private static WriterConfig writer(Section section) {
        Map<String, WriterConfig.OnAttach> words = new LinkedHashMap<>();
        words.put("flush", WriterConfig.OnAttach.FLUSH);
        words.put("keep", WriterConfig.OnAttach.KEEP);
        WriterConfig writer = new WriterConfig(
                section.value("http", Forms::address).orElse(new HostPort("127.0.0.1", 8082)),
                section.choice("on-attach", words).orElse(WriterConfig.OnAttach.FLUSH),
                section.duration("fence-window", Duration.ofSeconds(2), Duration.ofHours(1))
                        .orElse(Duration.ofSeconds(30)),
                section.value("console-token", Forms::token)
                        .filter(token -> !token.isEmpty())
                        .map(Secret::new));
        section.done();
        return writer;
    }

    private static List<CacheMapping> caches(Section root, Duration fenceWindow) {
        Section section = root.section("caches");
        if (!root.has("caches") || section.names().isEmpty()) {
            root.problem(
                    "caches",
                    "maps no cache; add at least one, such as 'book: { table: public.books, key:"
                            + " \"book:{id}\" }'");
        }
        List<CacheMapping> caches = new ArrayList<>();
        for (String name : section.names()) {
            if (!Forms.CACHE_NAME.matcher(name).matches()) {
                section.problem(
                        name, "a cache's name begins with a letter or digit and holds letters, digits, - and _");
            }
            new CacheSection(name, section.section(name), fenceWindow).read().ifPresent(caches::add);
        }
        return caches;
    }

    /** Kafka holds names that differ only in . and _ for the same. */
    private static void topics(Section root, Topics topics, List<CacheMapping> caches) {
        Map<String, TableId> taken = new LinkedHashMap<>();
        Function<TableId, String> likeness = table -> topics.of(table).replace('.', '_');
        for (CacheMapping cache : caches) {
            TableId table = cache.table();
            Section place = root.section("caches").section(cache.name());
            TableId first = taken.putIfAbsent(likeness.apply(table), table);
            if (first != null && !first.equals(table)) {
                place.problem(
                        "table",
                        "'" + table + "' and '" + first + "' would share the Kafka topic '" + topics.of(table)
                                + "'; map one of them in a pipeline of its own");
            }
            if (topics.of(table).length() > 249) {
                place.problem("table", "makes a Kafka topic's name of more than 249 characters; shorten 'pipeline'");
            }
        }
    }

    private static Path home(Map<String, String> environment) {
        String home = environment.get("HOME");
        return Path.of(home != null && !home.isBlank() ? home : System.getProperty("user.home"));
    }

    private static ConfigException failure(String message) {
        return new ConfigException(List.of(new ConfigProblem("", 0, message)));
    }
}
