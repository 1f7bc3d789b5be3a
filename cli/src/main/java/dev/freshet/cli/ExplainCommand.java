package dev.freshet.cli;

import dev.freshet.cli.explain.ChangeExplainer;
import dev.freshet.cli.explain.Explainer;
import dev.freshet.cli.explain.Explanation;
import dev.freshet.cli.explain.Question;
import dev.freshet.cli.explain.UnexplainableException;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which keys one change would touch. */
@Command(
        name = "explain",
        description = {
            "Prints which keys a change would touch, and why.",
            "Both images: an update; only --after: an insert; only --before: a delete; none: a truncate."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--table", paramLabel = "TABLE", required = true, description = "schema.table, as stored")
    private String table = "";

    @Option(
            names = "--before",
            paramLabel = "JSON",
            description =
                    "The row as it was: {\"column\": value}. What the replica identity does not hold is left out.")
    private Optional<String> before = Optional.empty();

    @Option(
            names = "--after",
            paramLabel = "JSON",
            description = "The row as it is; columns that it leaves out are as before.")
    private Optional<String> after = Optional.empty();

    private final Main.Console console;

    ExplainCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        FreshetConfig read = config.read(console).config();
        try (SourceConnection source = new SourceConnection(read.postgres(), "explain")) {
            Explanation told = new ChangeExplainer(read, source).explain(new Question(table, before, after));
            told.warnings().forEach(warning -> console.err().println("freshet: " + warning));
            Explainer.lines(told.change(), told.effects()).forEach(console.out()::println);
            return ExitCode.DONE;
        } catch (UnexplainableException e) {
            throw new CommandFailedException(ExitCode.USAGE, "--" + e.field() + ": " + e.getMessage());
        }
    }
}
