package dev.freshet.system.process;

import dev.freshet.cli.Main;
import dev.freshet.stack.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * What an administrator does before the first start: {@code freshet setup}. All processes of the product work here as the
 * role that it makes, which has the least rights; only what plays an application or an administrator has others.
 */
public final class SetUp {

    /** The role's name. */
    public static final String ROLE = "freshet";

    private static final String PASSWORD = "of the least rights";

    private SetUp() {}

    /** The value of {@code postgres} in a configuration. */
    public static Map<String, String> login(String url) {
        return Map.of("url", url, "user", ROLE, "password", PASSWORD);
    }

    /**
     * Makes role, publication and slot for a configuration, or what is missing of them.
     *
     * @param server the one that holds the database; its superuser does it
     * @return the configuration
     */
    public static Path run(PostgresServer server, String database, Path config) {
        call(server, database, "setup", "--config", config.toString());
        return config;
    }

    /** Runs what {@code setup --print} prints, as the server's superuser, and gives the role its password. */
    public static Path byHand(PostgresServer server, String database, Path config) throws SQLException {
        String printed = call(server, database, "setup", "--print", "--config", config.toString());
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            for (String line : printed.lines().toList()) {
                if (!line.startsWith("--")) {
                    statement.execute(line);
                }
            }
            statement.execute("ALTER ROLE " + ROLE + " PASSWORD '" + PASSWORD + "'");
        }
        return config;
    }

    /** What a command of the command line prints in this JVM, with an administrator at hand. */
    private static String call(PostgresServer server, String database, String... arguments) {
        String administrator = server.jdbcUrl(database) + "?user=" + server.user() + "&password=" + server.password();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(
                new Main.Console(
                        Map.of("FRESHET_ADMIN_URL", administrator),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)),
                arguments);
        if (exit != 0) {
            throw new AssertionError(arguments[0] + " ended with exit code " + exit + "\n"
                    + out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8));
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
