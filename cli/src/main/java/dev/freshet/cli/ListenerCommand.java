package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import java.util.Set;
import picocli.CommandLine.Command;

/** The listener alone. */
@Command(
        name = "listener",
        description = "Runs a listener: from PostgreSQL's log to Kafka. A second one stands by and takes over.",
        mixinStandardHelpOptions = true)
final class ListenerCommand extends ServingCommand {

    ListenerCommand(Main.Console console) {
        super(console);
    }

    @Override
    Pipeline.Stages stages() {
        return Pipeline.Stages.LISTENER;
    }

    @Override
    Set<Part> needs() {
        return Part.LISTENER;
    }
}
