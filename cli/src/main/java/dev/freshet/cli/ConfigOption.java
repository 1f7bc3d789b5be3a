package dev.freshet.cli;

import dev.freshet.model.config.ConfigException;
import dev.freshet.model.config.ConfigFile;
import java.nio.file.Path;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The configuration that a command works by. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "The configuration, such as freshet.yml")
    private Path file = Path.of("freshet.yml");

    Path file() {
        return file;
    }

    /** @throws CommandFailedException with everything that is wrong with the file */
    ConfigFile read(Main.Console console) {
        try {
            return ConfigFile.parse(file, console.environment());
        } catch (ConfigException e) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "the configuration cannot be used"
                            + e.problems().stream()
                                    .map(problem -> System.lineSeparator() + file + ": " + problem)
                                    .collect(Collectors.joining()));
        }
    }
}
