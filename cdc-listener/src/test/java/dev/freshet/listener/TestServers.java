package dev.freshet.listener;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A database and a pipeline of a test's own on the shared servers; removed at the end. */
final class TestServers implements AutoCloseable {

    private final String name =
            "it_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final PostgresServer server;
    private Connection admin;
    private Connection connection;

    TestServers(String... sql) throws SQLException {
        this(EmbeddedStack.shared().postgres(), sql);
    }

    /** With a PostgreSQL of the test's own. */
    TestServers(PostgresServer server, String... sql) throws SQLException {
        this.server = server;
        admin = connect("postgres");
        try (Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        connection = connect(name);
        execute(sql);
    }

    /** After the server was restarted. */
    void reconnect() throws SQLException {
        admin = connect("postgres");
        connection = connect(name);
    }

    /** Another connection of the superuser's, to the test's own database. */
    Connection connect() throws SQLException {
        return connect(name);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    void execute(String... sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    /** Drops the slot once the server has noticed that nobody uses it any more. */
    void dropSlot() {
        Awaitility.await().ignoreExceptions().until(() -> {
            execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + name
                    + "'");
            return true;
        });
    }

    /** Ends the walsender that holds the slot. */
    void terminateWalsender() throws SQLException {
        execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND slot_name = '"
                + name + "'");
    }

    /** As {@code server_version_num}. */
    int version() throws SQLException {
        return Integer.parseInt(text("SHOW server_version_num"));
    }

    /** Kills the process behind this connection, so that the server recovers from a crash while its main process lives. */
    void crashOneBackend() {
        try {
            ProcessHandle.of(Long.parseLong(text("SELECT pg_backend_pid()")))
                    .orElseThrow()
                    .destroyForcibly();
            Awaitility.await().ignoreExceptions().until(() -> {
                reconnect();
                return true;
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    PostgresServer server() {
        return server;
    }

    Connection connection() {
        return connection;
    }

    /** The database, pipeline, slot and publication. */
    String name() {
        return name;
    }

    String confirmed() throws SQLException {
        return text("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + name + "'");
    }

    PostgresConfig postgres() {
        return postgres(server.user(), server.password());
    }

    PostgresConfig postgres(String user, String password) {
        return new PostgresConfig(server.jdbcUrl(name), user, new Secret(password), 1L << 33, Map.of());
    }

    CaptureSettings settings(String... tables) {
        return settings(postgres(), tables);
    }

    CaptureSettings settings(PostgresConfig postgres, String... tables) {
        return new CaptureSettings(
                postgres,
                topics(),
                name,
                name,
                Arrays.stream(tables).map(TableId::parse).toList());
    }

    Topics topics() {
        return new Topics(name);
    }

    /** The topic of {@code public.books}. */
    String tableTopic() {
        return topics().of(TableId.parse("public.books"));
    }

    Listener listener(String... tables) {
        CaptureSettings settings = settings(tables);
        return new Listener(settings, log(settings));
    }

    ChangeLog log(CaptureSettings settings) {
        return new KafkaChangeLog(kafka(), bootstrapServers(), settings.topics(), settings.tables());
    }

    TopicReader reader(String topic) {
        return new TopicReader(new KafkaClients(kafka(), bootstrapServers()).consumer(), List.of(topic));
    }

    static KafkaConfig kafka() {
        return new KafkaConfig(Optional.of(bootstrapServers()), Path.of("target"), 3, 1, Duration.ofHours(1), Map.of());
    }

    static String url(String database) {
        return EmbeddedStack.shared().postgres().jdbcUrl(database);
    }

    static String user() {
        return EmbeddedStack.shared().postgres().user();
    }

    static String password() {
        return EmbeddedStack.shared().postgres().password();
    }

    static String bootstrapServers() {
        return EmbeddedStack.shared().kafka().bootstrapServers();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        try (Connection last = admin;
                Statement statement = last.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND"
                    + " slot_name = '" + name + "'");
            Awaitility.await().ignoreExceptions().until(() -> {
                statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE"
                        + " slot_name = '" + name + "'");
                statement.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
                return true;
            });
        }
    }
}
