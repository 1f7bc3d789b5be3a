package dev.freshet.cli;

import dev.freshet.cli.check.BrokerAddress;
import dev.freshet.cli.status.Json;
import dev.freshet.cli.status.Status;
import dev.freshet.cli.status.StatusReader;
import dev.freshet.cli.status.Text;
import dev.freshet.cli.status.Thresholds;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.Quantity;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether the caches are fresh and, if not, where it is stuck. */
@Command(
        name = "status",
        description = {
            "Prints how fresh the caches are, each stage's lag, and what to do about a stage that is behind.",
            "Asks PostgreSQL, Kafka and Redis, not listener or writer. Exits 1 where a threshold is broken, 3 where a server"
                    + " does not answer."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object on a line, with the lag of each partition")
    private boolean json;

    @Option(names = "--watch", description = "Again every two seconds, until it is told to stop")
    private boolean watch;

    @Option(
            names = "--max-staleness",
            paramLabel = "DURATION",
            description =
                    "How old the watermark, the last heartbeat and the oldest record that waits may be: 10s and half of"
                            + " writer.fence-window")
    private Optional<String> maxStaleness = Optional.empty();

    @Option(
            names = "--max-retained-wal",
            paramLabel = "SIZE",
            description = "How much of the log the slot may hold back: postgres.max-retained-wal")
    private Optional<String> maxRetainedWal = Optional.empty();

    @Option(
            names = "--max-dead-letters",
            paramLabel = "NUMBER",
            defaultValue = "0",
            description = "How many dead letters may be open: 0")
    private int maxDeadLetters;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Main.Console console;

    StatusCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        FreshetConfig read = config.read(console).config();
        Thresholds thresholds = thresholds(read);
        Optional<String> kafka = read.kafka()
                .bootstrapServers()
                .or(() -> BrokerAddress.find(read.kafka().dataDir()));
        try (StatusReader reader = new StatusReader(read, kafka, thresholds)) {
            if (!watch) {
                return tell(reader.read());
            }
            StopSignal stop = StopSignal.install();
            int answer;
            do {
                answer = tell(reader.read());
            } while (!stop.awaitStop(Duration.ofSeconds(2), new CompletableFuture<>()));
            return answer;
        }
    }

    private Thresholds thresholds(FreshetConfig read) {
        try {
            Thresholds usual = Thresholds.of(read);
            return new Thresholds(
                    maxStaleness.map(Quantity::duration).orElse(usual.staleness()),
                    maxRetainedWal.map(Quantity::bytes).orElse(usual.retained()),
                    maxDeadLetters);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int tell(Status status) {
        if (json) {
            console.out().println(Json.line(status));
        } else {
            console.out().print(Text.table(status));
        }
        console.out().flush();
        return status.away() ? ExitCode.UNREACHABLE : status.broken() ? ExitCode.NO : ExitCode.DONE;
    }
}
