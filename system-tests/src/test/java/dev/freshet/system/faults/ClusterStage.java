package dev.freshet.system.faults;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisCluster;
import dev.freshet.stack.RedisServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisUsers;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A Redis Cluster of three primaries with a replica each, a listener and two writers, and readers. Thread-safe. */
final class ClusterStage implements Site, AutoCloseable {

    /** About as long as a failover takes. */
    static final Duration WINDOW = Duration.ofSeconds(5);

    private static final int PRIMARIES = 3;

    /** What Lettuce asks for, and does without. */
    private static final Set<String> UNNEEDED = Set.of("client|setname", "cluster|myid");

    private final Chronicle chronicle = new Chronicle();
    private final RedisCluster cluster;
    private final EmbeddedStack servers;
    private final RedisView view;
    private final Admin admin;
    private final List<Freshet> processes = new ArrayList<>();
    private final Readers readers;
    private final Path directory;
    private final Path config;

    ClusterStage(Path directory, long seed) throws SQLException {
        this.directory = directory;
        this.cluster = RedisCluster.start(PRIMARIES, 1);
        this.servers = EmbeddedStack.builder()
                .postgres(Map.of("wal_sender_timeout", "15s", "deadlock_timeout", "200ms"))
                .kafka()
                .start();
        execute("postgres", "CREATE DATABASE " + Stage.PIPELINE);
        try (Connection connection = connect()) {
            Load.fill(connection, seed);
        }
        String[] globs = Stream.concat(
                        Stream.of("probe:*"),
                        Stream.of(Form.values()).map(Form::glob).distinct())
                .toArray(String[]::new);
        this.readers = new Readers(
                pool(), RedisUsers.ofApplication(cluster.url(), "reader", globs), cluster.url(), WINDOW, chronicle);
        this.view = new RedisView(cluster.url(), Set.of("prices", "stock"));
        this.admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrapServers()));
        this.config = SetUp.run(servers.postgres(), Stage.PIPELINE, ConfigText.write(directory, config()));
        for (String command : List.of("listener", "writer", "writer")) {
            processes.add(command(command));
        }
    }

    /** Starts a command of the command line. */
    Freshet command(String name) {
        return Freshet.start(directory, name, "--config", config.toString());
    }

    /** What some node refused to a user since it was started. */
    List<String> refused() {
        List<String> refused = new ArrayList<>();
        for (RedisServer node : cluster.nodes()) {
            if (node.pid() == 0) {
                continue;
            }
            try (RedisClient client = RedisClient.create(node.url());
                    StatefulRedisConnection<String, String> connection = client.connect()) {
                connection.sync().aclLog().stream()
                        .filter(entry -> !UNNEEDED.contains(String.valueOf(entry.get("object"))))
                        .forEach(entry -> refused.add(node.address() + ": " + entry));
            }
        }
        return refused;
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("pipeline", Stage.PIPELINE);
        config.put("postgres", SetUp.login(servers.postgres().jdbcUrl(Stage.PIPELINE)));
        config.put(
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        servers.kafka().bootstrapServers(),
                        "topics",
                        Map.of("partitions", Stage.PARTITIONS, "replication", 1)));
        config.put("redis", Map.of("url", cluster.url(), "replay-on-failover", "60s"));
        config.put("listener", Map.of("http", "127.0.0.1:0"));
        config.put("writer", Map.of("http", "127.0.0.1:0", "fence-window", WINDOW.toSeconds() + "s"));
        Map<String, Object> caches = new LinkedHashMap<>();
        for (Form form : Form.values()) {
            caches.put(form.name().toLowerCase(Locale.ROOT), form.yaml());
        }
        config.put("caches", caches);
        return config;
    }

    private HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(servers.postgres().jdbcUrl(Stage.PIPELINE));
        pool.setUsername(servers.postgres().user());
        pool.setPassword(servers.postgres().password());
        pool.setMaximumPoolSize(8);
        pool.setMinimumIdle(1);
        return pool;
    }

    RedisCluster cluster() {
        return cluster;
    }

    @Override
    public Optional<String> complaint() {
        return processes.stream()
                .filter(process -> !process.isAlive())
                .map(process -> "a process ended by itself" + process.lastWords())
                .findFirst();
    }

    @Override
    public boolean ready() {
        return processes.stream().allMatch(Freshet::isReady);
    }

    /** How often processes have said so since they were started. */
    long count(String words) {
        return processes.stream()
                .flatMap(process -> process.errors().stream())
                .filter(line -> line.contains(words))
                .count();
    }

    @Override
    public Readers readers() {
        return readers;
    }

    @Override
    public RedisView view() {
        return view;
    }

    @Override
    public Admin admin() {
        return admin;
    }

    @Override
    public Chronicle chronicle() {
        return chronicle;
    }

    @Override
    public Connection connect() throws SQLException {
        return connect(Stage.PIPELINE);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                servers.postgres().jdbcUrl(database),
                servers.postgres().user(),
                servers.postgres().password());
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

    String lastWords() {
        StringBuilder words = new StringBuilder();
        processes.forEach(process -> words.append(process.lastWords()));
        return words.toString();
    }

    @Override
    public void close() {
        processes.forEach(Freshet::kill);
        readers.close();
        admin.close(Duration.ZERO);
        view.close();
        servers.close();
        cluster.close();
    }
}
