package dev.freshet.cli;

import dev.freshet.cli.check.CheckReport;
import dev.freshet.cli.check.Checks;
import dev.freshet.cli.check.Part;
import dev.freshet.model.config.ConfigFile;
import java.nio.file.Path;
import java.util.Set;

/** The checks before anything starts. */
final class Preflight {

    private Preflight() {}

    /** @throws CommandFailedException where something stands against the start; all of it was told */
    static void check(Main.Console console, Path file, ConfigFile config, Set<Part> parts) {
        CheckReport report = Checks.run(config, parts);
        console.err().print(report.toText(file.toString()));
        console.err().flush();
        if (!report.passed()) {
            throw new CommandFailedException(report.exitCode(), "not started; nothing was changed");
        }
    }
}
