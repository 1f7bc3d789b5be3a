package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.apply.Removal;
import dev.freshet.writer.mend.Flush;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes every entry of the mapped caches. */
@Command(
        name = "flush",
        description = {
            "Removes every entry of the mapped caches, or of one, whoever stored it; works beside running writers.",
            "Prints how many entries of each cache went. Takes half the fence window longer than the removal: what a"
                    + " reader had under way is removed then. Until the window is over, nothing is filled there."
        },
        mixinStandardHelpOptions = true)
final class FlushCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CacheOption cache = new CacheOption();

    private final Main.Console console;

    FlushCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.read(console);
        FreshetConfig read = file.config();
        List<CacheMapping> meant = cache.of(read);
        Preflight.check(console, config.file(), file, Set.of(Part.REDIS));
        ProgressLine progress = new ProgressLine(console.err());
        Duration window = read.writer().fenceWindow();
        try (RedisCacheStore store = RedisCacheStore.at(read.redis(), window);
                Flush flush = new Flush(read, store)) {
            Map<String, Removal> removals = flush.start(meant::contains);
            removals.values().forEach(removal -> removal.applied().join());
            if (removals.values().stream()
                    .anyMatch(removal -> !removal.settled().isDone())) {
                console.err()
                        .println("removed, in " + progress.elapsed() + "; what readers have under way goes within "
                                + window.dividedBy(2).toSeconds() + " s");
            }
            removals.forEach((name, removal) -> console.out()
                    .println("flushed\t" + name + "\t"
                            + (removal.applied().join() + removal.settled().join()) + " entries"));
        }
        return ExitCode.DONE;
    }
}
