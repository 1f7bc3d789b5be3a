package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Listener and writer in one process, with a broker of their own where the configuration names no Kafka. */
@Command(
        name = "run",
        description = "Runs listener and writer in one process, for one machine.",
        mixinStandardHelpOptions = true)
final class RunCommand extends ServingCommand {

    @Option(
            names = "--dry-run",
            description = {
                "Only prints what each change would touch. Writes nothing to Redis, needs no Kafka, and works through a"
                        + " replication slot and a publication that it drops at the end."
            })
    private boolean dryRun;

    RunCommand(Main.Console console) {
        super(console);
    }

    @Override
    Pipeline.Stages stages() {
        return Pipeline.Stages.BOTH;
    }

    @Override
    Set<Part> needs() {
        return Part.RUN;
    }

    @Override
    public Integer call() throws InterruptedException {
        return dryRun ? new DryRun(console, config()).call() : super.call();
    }
}
