package dev.freshet.cli;

import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import picocli.CommandLine.Option;

/** Who makes or removes what the pipeline's own role may not. */
final class AdminOption {

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description = {
                "jdbc:postgresql://host/database?user=…&password=… of a role that may do what is asked; better in the"
                        + " environment variable FRESHET_ADMIN_URL, where other users do not see it. Default: the"
                        + " configuration's own role."
            })
    private Optional<String> url = Optional.empty();

    /** How the administrator connects; empty where none was named. */
    Optional<PostgresConfig> connection(Main.Console console, PostgresConfig own) {
        return url.or(() -> Optional.ofNullable(console.environment().get("FRESHET_ADMIN_URL")))
                .map(text -> {
                    Properties parsed =
                            text.startsWith("jdbc:postgresql:") ? Driver.parseURL(text, new Properties()) : null;
                    if (parsed == null) {
                        // Without the url: it may hold a password.
                        throw new CommandFailedException(
                                ExitCode.USAGE, "--admin-url must have the form jdbc:postgresql://host:5432/database");
                    }
                    String user = Optional.ofNullable(PGProperty.USER.getOrDefault(parsed))
                            .orElse(own.user());
                    String password = Optional.ofNullable(PGProperty.PASSWORD.getOrDefault(parsed))
                            .orElse(own.password().reveal());
                    return new PostgresConfig(
                            text,
                            user,
                            new Secret(password),
                            own.maxRetainedWal(),
                            own.onMaxRetainedWal(),
                            own.properties());
                });
    }
}
