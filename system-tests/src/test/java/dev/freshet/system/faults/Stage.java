package dev.freshet.system.faults;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.RedisUsers;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** The servers, two listeners and two writers, the links between them, the readers, and what happened. Thread-safe. */
final class Stage implements Site, AutoCloseable {

    static final String PIPELINE = "faults";
    static final int PARTITIONS = 2;

    /** As short as goes, so that a commit can be invisible for longer than it in a round. */
    static final Duration WINDOW = Duration.ofSeconds(3);

    private static final String HOST = "127.0.0.1";

    private final List<Link> links = new ArrayList<>();
    private final Chronicle chronicle = new Chronicle();
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor();
    private final Path directory;
    private final EmbeddedStack servers;
    private final Link kafka;
    private final Link readersRedis;
    private final List<Part> listeners;
    private final List<Part> writers;
    private final RedisView redis;
    private final String reader;
    private final Admin admin;
    private volatile Readers readers;
    private volatile Part active;

    /** Starts it all; {@link #close} ends it. */
    Stage(Path directory, long seed) throws SQLException {
        this.directory = directory;
        this.kafka = link();
        this.servers = EmbeddedStack.builder()
                .postgres(Map.of("wal_sender_timeout", "15s", "deadlock_timeout", "200ms"))
                .redis(List.of(
                        "--appendonly",
                        "no",
                        "--busy-reply-threshold",
                        "300",
                        // The users are to outlive the server.
                        "--aclfile",
                        emptyFile(directory.resolve("users.acl"))))
                .kafka(Map.of("advertised.listeners", "PLAINTEXT://" + HOST + ":" + kafka.port()))
                .start();
        String address = servers.kafka().address();
        kafka.to(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        this.readersRedis = link().to(servers.redis().port());
        execute("postgres", "CREATE DATABASE " + PIPELINE);
        try (Connection connection = connect()) {
            Load.fill(connection, seed);
        }
        this.listeners = List.of(part("listener-1"), part("listener-2"));
        this.active = listeners.get(0);
        this.writers = List.of(part("writer-1"), part("writer-2"));
        this.redis = new RedisView(servers.redis().url(), Set.of("prices", "stock"));
        this.admin = Admin.create(Map.of(
                "bootstrap.servers",
                HOST + ":" + kafka.port(),
                "client.id",
                "faults",
                // It goes through the link as well, and is not what is tested.
                "request.timeout.ms",
                "3000",
                "default.api.timeout.ms",
                "20000"));
        this.reader = RedisUsers.ofApplication(
                        servers.redis().url(),
                        "reader",
                        Stream.concat(
                                        Stream.of("probe:*"),
                                        Stream.of(Form.values()).map(Form::glob).distinct())
                                .toArray(String[]::new))
                .replace(":" + servers.redis().port(), ":" + readersRedis.port());
        this.readers = newReaders();
        parts().forEach(Part::start);
        var unused = supervisor.scheduleWithFixedDelay(
                () -> parts().forEach(Part::supervise), 100, 100, TimeUnit.MILLISECONDS);
    }

    private static String emptyFile(Path file) {
        try {
            return Files.createFile(file).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Link link() {
        Link link = new Link(HOST);
        links.add(link);
        return link;
    }

    private Part part(String name) {
        Link postgres = link().to(servers.postgres().port());
        Link toRedis = link().to(servers.redis().port());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("pipeline", PIPELINE);
        config.put("postgres", SetUp.login("jdbc:postgresql://" + HOST + ":" + postgres.port() + "/" + PIPELINE));
        config.put(
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        HOST + ":" + kafka.port(),
                        "topics",
                        Map.of("partitions", PARTITIONS, "replication", 1)));
        config.put("redis", Map.of("url", "redis://" + HOST + ":" + toRedis.port(), "replay-on-failover", "60s"));
        config.put("listener", Map.of("http", "127.0.0.1:0"));
        config.put("writer", Map.of("http", "127.0.0.1:0", "fence-window", WINDOW.toSeconds() + "s"));
        Map<String, Object> caches = new LinkedHashMap<>();
        for (Form form : Form.values()) {
            caches.put(form.name().toLowerCase(Locale.ROOT), form.yaml());
        }
        config.put("caches", caches);
        try {
            Path own = Files.createDirectory(directory.resolve(name));
            Path file = SetUp.run(servers.postgres(), PIPELINE, ConfigText.write(own, config));
            return new Part(name, own, file, postgres, toRedis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Readers newReaders() {
        return new Readers(pool(), reader, servers.redis().url(), WINDOW, chronicle);
    }

    private HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(servers.postgres().jdbcUrl(PIPELINE));
        pool.setUsername(servers.postgres().user());
        pool.setPassword(servers.postgres().password());
        pool.setConnectionTimeout(1_000);
        pool.addDataSourceProperty("socketTimeout", "10");
        pool.setMaximumPoolSize(8);
        pool.setMinimumIdle(1);
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>(listeners);
        parts.addAll(writers);
        return parts;
    }

    @Override
    public Optional<String> complaint() {
        return parts().stream().flatMap(part -> part.complaint().stream()).findFirst();
    }

    @Override
    public boolean ready() {
        // The other listener stands by, and tells so by silence.
        return listeners.stream().anyMatch(Part::isReady) && writers.stream().allMatch(Part::isReady);
    }

    List<Part> listeners() {
        return listeners;
    }

    List<Part> writers() {
        return writers;
    }

    Part aWriter(Random random) {
        return writers.get(random.nextInt(writers.size()));
    }

    /** The listener that holds the slot; where the database does not tell, the one that held it last. */
    Part activeListener() {
        try {
            int port = Integer.parseInt(query("SELECT coalesce(max(client_port), 0)::text FROM pg_stat_replication"));
            listeners.stream()
                    .filter(listener -> listener.postgres().carries(port))
                    .findFirst()
                    .ifPresent(found -> active = found);
        } catch (SQLException e) {
            chronicle.tell("the database does not tell who holds the slot");
        }
        return active;
    }

    EmbeddedStack servers() {
        return servers;
    }

    Link kafka() {
        return kafka;
    }

    Link readersRedis() {
        return readersRedis;
    }

    @Override
    public Admin admin() {
        return admin;
    }

    @Override
    public Readers readers() {
        return readers;
    }

    @Override
    public Chronicle chronicle() {
        return chronicle;
    }

    @Override
    public RedisView view() {
        return redis;
    }

    /** Past all links. */
    @Override
    public Connection connect() throws SQLException {
        return connect(PIPELINE);
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", servers.postgres().user());
        properties.setProperty("password", servers.postgres().password());
        properties.setProperty("loginTimeout", "5");
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(servers.postgres().jdbcUrl(database), properties);
    }

    String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    @Override
    public void execute(String database, String... sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    /** Changes a setting of the database's server. */
    void setting(String name, String value) throws SQLException {
        execute("postgres", "ALTER SYSTEM SET " + name + " = '" + value + "'", "SELECT pg_reload_conf()");
    }

    /** After a failure: all parts and readers start anew, with servers that run and whole links. */
    void startAgain() {
        servers.postgres().start();
        servers.kafka().start();
        servers.redis().start();
        links.forEach(Link::heal);
        parts().forEach(Part::kill);
        parts().forEach(Part::start);
        readers.close();
        readers = newReaders();
    }

    String lastWords() {
        StringBuilder words = new StringBuilder();
        parts().forEach(part -> words.append(part.lastWords()));
        return words.toString();
    }

    @Override
    public void close() {
        supervisor.shutdownNow();
        parts().forEach(Part::close);
        readers.close();
        admin.close(Duration.ZERO);
        redis.close();
        servers.close();
        links.forEach(Link::close);
    }
}
