package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import java.util.Set;
import picocli.CommandLine.Command;

/** The writer alone. */
@Command(
        name = "writer",
        description = "Runs a writer: from Kafka to Redis. Several share the work.",
        mixinStandardHelpOptions = true)
final class WriterCommand extends ServingCommand {

    WriterCommand(Main.Console console) {
        super(console);
    }

    @Override
    Pipeline.Stages stages() {
        return Pipeline.Stages.WRITER;
    }

    @Override
    Set<Part> needs() {
        return Part.WRITER;
    }
}
