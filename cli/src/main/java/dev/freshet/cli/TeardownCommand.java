package dev.freshet.cli;

import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes slot, publication and role. */
@Command(
        name = "teardown",
        description = {
            "Removes what setup or run made in PostgreSQL: the slot, the publication and, with --admin-url, the role.",
            "The topics in Kafka and what stands in Redis stay."
        },
        mixinStandardHelpOptions = true)
final class TeardownCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private AdminOption admin = new AdminOption();

    private final Main.Console console;

    TeardownCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        FreshetConfig read = config.read(console).config();
        Optional<PostgresConfig> by = admin.connection(console, read.postgres())
                .filter(named -> !named.user().equals(read.postgres().user()));
        try (SourceConnection source = new SourceConnection(by.orElse(read.postgres()), "teardown")) {
            source.call(connection -> {
                new SourceSetup(read, console.out()).remove(connection, by.isPresent());
                return true;
            });
        } catch (SourceUnavailableException e) {
            if (e.getCause() instanceof SQLException refused) {
                String state = String.valueOf(refused.getSQLState());
                if (state.equals("55006")) {
                    throw new CommandFailedException(
                            ExitCode.NO, refused.getMessage() + "; stop the listeners of this pipeline first");
                }
                if (state.equals("42501") || state.equals("2BP01")) {
                    throw new CommandFailedException(ExitCode.USAGE, String.valueOf(refused.getMessage()));
                }
            }
            throw e;
        }
        if (by.isEmpty()) {
            console.err()
                    .println("freshet: role '" + read.postgres().user()
                            + "' stays; a role cannot drop itself, so with --admin-url it goes, too");
        }
        return ExitCode.DONE;
    }
}
