package dev.freshet.system.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A reader's desk: a directory, a shell whose variables last, a PostgreSQL with the shop of {@code docker/shop.sql}, a
 * Redis, and what was left running. Where the documents name the usual ports, those of this desk are meant; where they
 * leave out a password, it is the sign that stands for it. Confined to one thread.
 */
final class Sandbox implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration CHANGE_ARRIVES = Duration.ofSeconds(30);
    private static final String SHOP = "shop";
    /** What stands for a password that readers put in. */
    private static final String LEFT_OUT = "…";

    private final Path directory;
    /** As doctor wants them, so that its exit code is that of a reader who did what it says. */
    private final EmbeddedStack stack = EmbeddedStack.builder()
            .postgres(Map.of("max_slot_wal_keep_size", "20GB"))
            .redis()
            .kafka()
            .fsync(true)
            .start();

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<Freshet> running = new ArrayList<>();

    Sandbox(Path directory) throws IOException, SQLException {
        this.directory = directory;
        addresses.put("localhost:5432", stack.postgres().address());
        addresses.put("localhost:6379", stack.redis().address());
        addresses.put("localhost:9092", stack.kafka().address());
        program(
                "freshet",
                String.join(
                        " ",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                        "-cp '" + System.getProperty("java.class.path") + "' dev.freshet.cli.Main"));
        Files.createDirectory(directory.resolve("bin"));
        program("bin/redis-cli", onThePath("redis-cli") + " -p " + stack.redis().port());
        String superuser = stack.postgres().password();
        try (Connection connection = connect("postgres", superuser);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + SHOP);
            statement.execute("ALTER ROLE postgres PASSWORD '" + LEFT_OUT + "'");
        }
        query(Files.readString(Document.ROOT.resolve("docker/shop.sql")));
    }

    /** A program of this directory, in front of one that stands elsewhere. */
    private void program(String name, String command) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\nexec " + command + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path onThePath(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(entry -> Path.of(entry).resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no " + name + " on the PATH, which the documents use; Debian: apt-get install curl redis-tools"
                                + " postgresql-client"));
    }

    private Connection connect(String database, String password) throws SQLException {
        return DriverManager.getConnection(
                stack.postgres().jdbcUrl(database), stack.postgres().user(), password);
    }

    /** Does what a block tells. */
    void play(Block block) throws Exception {
        if (block.notes().stops()) {
            stopWhatRuns();
        }
        if (block.notes().file().isPresent()) {
            write(block, directory.resolve(block.notes().file().get()));
        } else if (block.language().equals("sql")) {
            query(block.text());
        } else if (block.language().equals("redis")) {
            ask(block);
        } else if (block.notes().background()) {
            start(block);
        } else {
            run(block);
        }
    }

    private void write(Block block, Path file) throws IOException {
        if (!block.isYaml()) {
            Files.writeString(file, here(block.text()));
            return;
        }
        Configuration configuration = Configuration.of(here(block.text()));
        if (block.notes().merged()) {
            configuration = Configuration.of(Files.readString(file)).with(configuration);
        } else {
            configuration = Configuration.of("{ listener: { http: '127.0.0.1:0' }, writer: { http: '127.0.0.1:0' } }")
                    .with(configuration);
        }
        Files.writeString(file, configuration.json());
    }

    private void query(String sql) throws SQLException {
        try (Connection connection = connect(SHOP, LEFT_OUT);
                Statement statement = connection.createStatement()) {
            // One by one: some must not run in a transaction, which several at once are.
            for (String one : here(sql).split(";\\s*(\n|$)", -1)) {
                statement.execute(one);
            }
        }
    }

    /** Line by line, each a command as redis-cli takes it. */
    private void ask(Block block) throws IOException {
        Files.writeString(directory.resolve("commands.redis"), block.text());
        assertThat(end(block, launch("redis-cli <commands.redis")).output())
                .describedAs(block.place())
                .noneMatch(line -> line.matches("\\(error\\).*|[A-Z]+ .*"));
    }

    private void start(Block block) {
        Freshet started = shell(block, "");
        running.add(started);
        started.awaitReady(PATIENCE);
        named(started, "listener-http", "127.0.0.1:8081");
        named(started, "writer-http", "127.0.0.1:8082");
    }

    private void named(Freshet started, String name, String usual) {
        started.address(name).ifPresent(address -> addresses.put(usual, address.replaceFirst("^http://", "")));
    }

    private void run(Block block) {
        Optional<String> expected = block.notes().prints();
        if (expected.isEmpty()) {
            end(block, shell(block, "export -p >.variables\n"));
            return;
        }
        await(block.place())
                .atMost(CHANGE_ARRIVES)
                .untilAsserted(() -> assertThat(end(block, shell(block, "")).output())
                        .anySatisfy(line -> assertThat(line).contains(expected.get())));
    }

    private static Freshet end(Block block, Freshet shell) {
        try {
            assertThat(shell.exitCode(PATIENCE))
                    .describedAs("exit code of %s%n%s%s", block, block.text(), shell.lastWords())
                    .isEqualTo(block.notes().exits());
        } finally {
            stop(shell);
        }
        return shell;
    }

    private void stopWhatRuns() {
        running.forEach(Sandbox::stop);
        running.clear();
    }

    /** As Ctrl-C does, which reaches what a shell has started; returns when that has ended. */
    private static void stop(Freshet shell) {
        List<ProcessHandle> started = shell.process().descendants().toList();
        started.forEach(ProcessHandle::destroy);
        started.forEach(one -> one.onExit().orTimeout(60, TimeUnit.SECONDS).join());
        shell.close();
    }

    private Freshet shell(Block block, String after) {
        return launch("[ ! -f .variables ] || . ./.variables\nset -e\n" + here(block.text()) + after);
    }

    private Freshet launch(String script) {
        return Freshet.launch(
                directory,
                "block",
                List.of("sh", "-c", script),
                Map.of(
                        "PATH", directory.resolve("bin") + ":" + System.getenv("PATH"),
                        "HOME", directory.toString(),
                        "PGHOST", stack.postgres().host(),
                        "PGPORT", Integer.toString(stack.postgres().port()),
                        "PGPASSWORD", LEFT_OUT));
    }

    private String here(String text) {
        String here = text;
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            here = here.replace(address.getKey(), address.getValue());
        }
        return here;
    }

    @Override
    public void close() {
        stopWhatRuns();
        stack.close();
    }
}
