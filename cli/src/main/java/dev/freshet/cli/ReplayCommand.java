package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.Quantity;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.deadletter.Why;
import dev.freshet.writer.mend.Replay;
import dev.freshet.writer.mend.ReplayRange;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Applies recent changes once more, as removals. */
@Command(
        name = "replay",
        description = {
            "Reads the changes of the last while from Kafka again and removes every entry that they touch; stores none.",
            "Works beside running writers and moves none of their offsets. Exits 1 where Kafka no longer holds all that"
                    + " was asked for: then 'flush' is the mend."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

    /** How many records that cannot be read are told one by one. */
    private static final int MOST_TOLD = 20;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            required = true,
            description = "How far back, by Kafka's record times: 90s, 10m, 2h, 1d")
    private String since = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Main.Console console;

    ReplayCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Duration reach = reach();
        ConfigFile file = config.read(console);
        FreshetConfig read = file.config();
        Preflight.check(console, config.file(), file, Part.REPLAY);
        try (RedisCacheStore store =
                        RedisCacheStore.at(read.redis(), read.writer().fenceWindow());
                Replay replay = new Replay(read, KafkaAddress.of(read), store)) {
            return run(replay, reach);
        } catch (KafkaException e) {
            throw KafkaFailure.of(e);
        }
    }

    private Duration reach() {
        try {
            return Quantity.duration(since);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--since: " + e.getMessage(), e);
        }
    }

    private int run(Replay replay, Duration reach) {
        ReplayRange range = replay.range(reach);
        Set<String> missing = new java.util.TreeSet<>(range.missing());
        missing.retainAll(replay.topics());
        if (missing.equals(replay.topics())) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "Kafka has none of the topics " + String.join(", ", missing)
                            + ": is this the pipeline's Kafka, and has a listener run?");
        }
        missing.forEach(topic ->
                console.err().println("freshet: Kafka has no topic " + topic + ": nothing of that table is replayed"));
        range.shortfalls().forEach(shortfall -> console.err().println("freshet: " + shortfall));
        Told told = new Told(new ProgressLine(console.err()));
        Replay.Totals totals = replay.run(range, told);
        console.out()
                .println("replayed\t" + totals.records() + " records\t" + totals.removed() + " entries removed\t"
                        + told.progress.elapsed());
        if (told.unreadable > 0) {
            console.err()
                    .println("freshet: " + told.unreadable
                            + " of the records could not be applied; all that they may have changed is removed");
        }
        if (missing.isEmpty() && range.shortfalls().isEmpty() && !told.overtaken) {
            return ExitCode.DONE;
        }
        console.err()
                .println("freshet: not all of the last " + since
                        + " could be replayed; 'freshet flush' removes every entry instead");
        return ExitCode.NO;
    }

    private final class Told implements Replay.Listener {

        private final ProgressLine progress;
        private long unreadable;
        private boolean overtaken;

        Told(ProgressLine progress) {
            this.progress = progress;
        }

        @Override
        public void progress(long records, long all) {
            progress.tell(() -> records + " of " + all + " records");
        }

        @Override
        public void unreadable(TopicPartition partition, long offset, Why why) {
            if (++unreadable <= MOST_TOLD) {
                console.err()
                        .println("freshet: " + partition.topic() + ", partition " + partition.partition() + ", offset "
                                + offset + ": " + Printable.of(why.toString()));
            }
        }

        @Override
        public void gap(String reason) {
            console.err()
                    .println("freshet: changes were missed within this time (" + Printable.of(reason)
                            + "); all mapped caches are flushed");
        }

        @Override
        public void overtaken(Set<TopicPartition> partitions) {
            overtaken = true;
            console.err().println("freshet: Kafka has just removed records of " + partitions);
        }
    }
}
