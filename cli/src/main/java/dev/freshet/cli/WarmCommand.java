package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.mend.Warm;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fills refresh caches from their tables. */
@Command(
        name = "warm",
        description = {
            "Fills the caches that are refreshed (on-change: refresh) from their tables, beside running writers.",
            "Entries that stand are left alone. A run that was ended early, even killed, is gone on with by --resume."
        },
        mixinStandardHelpOptions = true)
final class WarmCommand implements Callable<Integer> {

    private static final String REFUSED = "42501";

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private CacheOption cache = new CacheOption();

    @Option(names = "--rate", paramLabel = "ROWS", description = "Rows read in a second, at most; no limit by default")
    private Optional<Integer> rate = Optional.empty();

    @Option(names = "--resume", description = "Goes on where a run that did not end had come, within a week")
    private boolean resume;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Main.Console console;

    WarmCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (rate.filter(rows -> rows < 1).isPresent()) {
            throw new ParameterException(spec.commandLine(), "--rate: must be at least 1 row a second");
        }
        ConfigFile file = config.read(console);
        FreshetConfig read = file.config();
        List<CacheMapping> meant = refreshed(cache.of(read), read);
        if (meant.isEmpty()) {
            console.err()
                    .println("no cache of " + config.file() + " is refreshed (on-change: refresh): nothing to fill");
            return ExitCode.DONE;
        }
        Preflight.check(console, config.file(), file, Set.of(Part.TABLES, Part.REDIS));
        try (RedisCacheStore store =
                        RedisCacheStore.at(read.redis(), read.writer().fenceWindow());
                Warm warm = new Warm(read, store)) {
            return fill(warm, meant);
        } catch (SourceUnavailableException e) {
            if (e.getCause() instanceof SQLException refused && REFUSED.equals(refused.getSQLState())) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "PostgreSQL refuses: " + refused.getMessage() + "; grant role "
                                + read.postgres().user() + " SELECT there");
            }
            throw e;
        }
    }

    private List<CacheMapping> refreshed(List<CacheMapping> named, FreshetConfig read) {
        List<CacheMapping> refreshed =
                named.stream().filter(WarmCommand::isRefreshed).toList();
        if (refreshed.isEmpty() && cache.isNamed()) {
            List<String> others = read.caches().stream()
                    .filter(WarmCommand::isRefreshed)
                    .map(CacheMapping::name)
                    .toList();
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "--cache: '" + named.get(0).name() + "' is not refreshed (on-change: refresh): readers fill it."
                            + (others.isEmpty() ? "" : " Refreshed are: " + String.join(", ", others)));
        }
        return refreshed;
    }

    private static boolean isRefreshed(CacheMapping mapping) {
        return !(mapping.onChange() instanceof OnChange.Delete);
    }

    private int fill(Warm warm, List<CacheMapping> meant) throws InterruptedException {
        List<CacheMapping> fillable = new ArrayList<>();
        for (CacheMapping mapping : meant) {
            Optional<String> obstacle = warm.obstacle(mapping);
            if (obstacle.isPresent()) {
                console.err().println("freshet: " + mapping.name() + " is left out: " + obstacle.get());
            } else {
                fillable.add(mapping);
            }
        }
        if (!resume) {
            warm.forget(fillable);
        }
        Warm.Pacing pacing = new Warm.Pacing(rate.isPresent() ? OptionalInt.of(rate.get()) : OptionalInt.empty());
        long failed = 0;
        for (CacheMapping mapping : fillable) {
            if (warm.isDone(mapping)) {
                console.err().println(mapping.name() + " was filled before");
            } else {
                failed += fill(warm, mapping, pacing);
            }
        }
        warm.forget(fillable);
        return fillable.size() == meant.size() && failed == 0 ? ExitCode.DONE : ExitCode.NO;
    }

    /** Returns how many entries could not be made. */
    private long fill(Warm warm, CacheMapping mapping, Warm.Pacing pacing) throws InterruptedException {
        ProgressLine progress = new ProgressLine(console.err());
        Warm.Tally tally = warm.fill(
                mapping,
                pacing,
                sofar -> progress.tell(
                        () -> mapping.name() + "\t" + sofar.rows() + " rows\t" + progress.rate(sofar.rows())));
        console.out()
                .println("warmed\t" + mapping.name() + "\t" + tally.rows() + " rows\t" + tally.stored() + " stored\t"
                        + tally.standing() + " already there\t" + tally.refused() + " refused\t" + tally.failed()
                        + " failed\t" + progress.elapsed());
        if (tally.refused() > 0) {
            console.err()
                    .println("freshet: " + tally.refused() + " entries of " + mapping.name()
                            + " were not filled, since they were changing; the writer or a reader fills them");
        }
        return tally.failed();
    }
}
