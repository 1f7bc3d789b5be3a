package dev.freshet.cli;

import dev.freshet.cli.check.CheckReport;
import dev.freshet.cli.check.Checks;
import dev.freshet.cli.check.Finding;
import dev.freshet.cli.check.Part;
import dev.freshet.cli.check.QueryRights;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.ConnectorConfiguration;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes publication, slot and role; what stands already stays. */
@Command(
        name = "setup",
        description = "Makes what PostgreSQL needs: a role with the least rights, the publication, the slot.",
        mixinStandardHelpOptions = true)
final class SetupCommand implements Callable<Integer> {

    private static final int ANY_VERSION = 140000;
    private static final Set<Part> TABLES = Set.of(Part.TABLES);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private AdminOption admin = new AdminOption();

    @Option(names = "--print", description = "Only print the SQL, for an administrator to run.")
    private boolean print;

    @Option(
            names = "--print-connect",
            description = {
                "Only print a connector for a Kafka Connect that is to take the listener's place, as POST /connectors takes"
                        + " it: Debezium writes the topics then. Without the password."
            })
    private boolean printConnect;

    private final Main.Console console;

    SetupCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.read(console);
        if (printConnect) {
            return printConnect(file.config());
        }
        PostgresConfig own = file.config().postgres();
        PostgresConfig by = admin.connection(console, own).orElse(own);
        try (SourceConnection source = new SourceConnection(by, "setup")) {
            return print ? print(file, by, source) : make(file, by, source);
        }
    }

    private int printConnect(FreshetConfig read) {
        ConnectorConfiguration connector = new ConnectorConfiguration(read);
        console.out().println(connector.toJson());
        console.err()
                .println("freshet: the worker needs config.providers=env, config.providers.env.class="
                        + "org.apache.kafka.common.config.provider.EnvVarConfigProvider, and in its environment: "
                        + String.join(", ", connector.variables()));
        if (connector.leavesServersOut()) {
            console.err().println("freshet: Debezium takes one address, the first of postgres.url");
        }
        if (read.kafka().bootstrapServers().isEmpty()) {
            console.err().println("freshet: name the worker's Kafka in kafka.bootstrap-servers for the writer");
        }
        console.err()
                .println(
                        "freshet: nobody tells the writer of gaps or of how fresh the caches are; docs/connect.md says what"
                                + " that means");
        return ExitCode.DONE;
    }

    /** Without a connection the statements are those that every version takes. */
    private int print(ConfigFile file, PostgresConfig by, SourceConnection source) {
        SourceSql sql = new SourceSql(CaptureSettings.of(file.config()));
        String database = Addresses.database(file.config().postgres());
        console.out().println("-- For a superuser, in database " + database + ", not in one transaction (psql's way).");
        PostgresConfig own = file.config().postgres();
        int version = ANY_VERSION;
        List<String> advice = SourceAdvice.unseen(own);
        List<String> more = List.of();
        try {
            advice = source.call(connection -> SourceAdvice.of(connection, own));
            version = source.call(connection -> connection.getMetaData().getDatabaseMajorVersion() * 10000);
            more = source.call(
                    connection -> new QueryRights(connection, file.config()).grants(new JdbcCatalogue(source)));
            printMends(Checks.run(file, by, TABLES));
        } catch (SourceUnavailableException e) {
            console.out()
                    .println(
                            "-- The database could not be asked. Before a table is published it must have a primary key");
            console.out().println("-- or REPLICA IDENTITY FULL: else PostgreSQL refuses its UPDATEs and DELETEs.");
        }
        sql.setup(database, version).forEach(console.out()::println);
        more.forEach(console.out()::println);
        console.out().println("-- Then set the role's password: \\password " + own.user());
        advice.forEach(console.out()::println);
        return ExitCode.DONE;
    }

    /** They go first: a table without replica identity would refuse the application's updates once it is published. */
    private void printMends(CheckReport report) {
        for (Finding finding : report.findings()) {
            if (finding.severity() == Finding.Severity.WRONG) {
                console.out().println("-- " + finding.place());
                finding.sql().forEach(console.out()::println);
            }
        }
    }

    private int make(ConfigFile file, PostgresConfig by, SourceConnection source) {
        // Published, a table without replica identity would refuse the application's own updates.
        CheckReport report = Checks.run(file, by, TABLES);
        console.err().print(report.toText(config.file().toString()));
        if (!report.passed()) {
            throw new CommandFailedException(report.exitCode(), "nothing was set up");
        }
        SourceSetup setup = new SourceSetup(file.config(), console.out());
        try {
            source.call(connection -> {
                setup.make(
                        connection,
                        !by.user().equals(file.config().postgres().user()),
                        new QueryRights(connection, file.config()).grants(new JdbcCatalogue(source)));
                SourceAdvice.of(connection, file.config().postgres()).forEach(console.out()::println);
                return true;
            });
        } catch (SourceUnavailableException e) {
            if (e.getCause() instanceof SQLException refused
                    && String.valueOf(refused.getSQLState()).equals("42501")) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        refused.getMessage() + "; run it with --admin-url, or let an administrator run what"
                                + " 'freshet setup --print' prints");
            }
            throw e;
        }
        return ExitCode.DONE;
    }
}
