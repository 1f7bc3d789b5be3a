package dev.freshet.demo;

import dev.freshet.cli.StopSignal;
import dev.freshet.demo.Scene.Outcome;
import dev.freshet.demo.api.PortTakenException;
import dev.freshet.demo.arena.Tour;
import dev.freshet.demo.arena.TourTable;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.DatabaseException;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.stack.StackException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** {@code freshet demo}: everything on this machine, in one command. */
@Command(
        name = "freshet demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Starts PostgreSQL, Kafka and Redis on free ports of this machine, the pipeline, and a book"
                    + " shop that is read through Redis. Prints every address, and what to try.",
            "Nothing is kept: the servers and their data go when the demo ends."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done; with --once: every expected key went, and no other, and Freshet served no read older than an applied"
                    + " invalidation",
            "1:with --once: some key did not do what was expected, or Freshet served such a read",
            "2:wrong usage, or the port is taken",
            "3:a server could not be started or reached"
        })
public final class Main implements Callable<Integer> {

    private static final int USUAL_PORT = 8080;
    private static final int UNEXPECTED = -1;
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    /** How long what is expected may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How long to go on watching for what is not expected. */
    private static final Duration QUIET = Duration.ofMillis(300);

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = PortNumber.class,
            description = "The API's port; 0 takes a free one. Default: 8080, with --once a free one.")
    private @Nullable Integer port;

    @Option(
            names = "--once",
            description = "Changes rows by SQL, behind the API's back, watches the keys go, compares five ways to cache"
                    + " the same reads, calm and with faults, prints what happened and ends.")
    private boolean once;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = Seconds.class,
            description = "With --once: about how long the strategies are compared; 1 to 600, 20 by default.")
    private int seconds = 20;

    private final Function<Catalogue, Script> script;
    private final PrintStream out;

    private Main(Function<Catalogue, Script> script, PrintStream out) {
        this.script = script;
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(Script::of, out, err, arguments));
    }

    /** The command with its options, for who wants to know what is taken. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main(Script::of, System.out));
    }

    /**
     * Runs the command; returns its exit code.
     *
     * @param script what {@code --once} plays
     */
    static int run(Function<Catalogue, Script> script, PrintStream out, PrintStream err, String... arguments) {
        return new CommandLine(new Main(script, out))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler(Main::explain)
                .execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        return once ? playOnce() : serve();
    }

    private int playOnce() throws InterruptedException {
        try (Demo demo = Demo.start(port == null ? 0 : port, out)) {
            Scene scene = ready(demo);
            out.println("ready");
            List<Outcome> outcomes = scene.play(script.apply(demo.catalogue()));
            out.println();
            SceneTable.lines(outcomes).forEach(out::println);
            out.println();
            out.println(SceneTable.verdict(outcomes));
            out.println();
            // Not before: for a minute after a warm, a change removes what the warm stored, and stores nothing itself.
            demo.warm(out);
            out.println();
            Tour.Outcome tour = new Tour(demo.comparison(), Duration.ofSeconds(seconds)).play();
            TourTable.lines(tour).forEach(out::println);
            demo.failure().ifPresent(failure -> out.println("The pipeline stopped: " + failure.getMessage()));
            boolean right =
                    outcomes.stream().allMatch(outcome -> outcome.faults().isEmpty());
            return right && tour.kept() && demo.failure().isEmpty() ? 0 : 1;
        }
    }

    private int serve() throws InterruptedException {
        StopSignal stop = StopSignal.install();
        try (Demo demo = Demo.start(port == null ? USUAL_PORT : port, out)) {
            ready(demo);
            demo.warm(out);
            out.println("ready");
            demo.whatToTry().forEach(out::println);
            boolean stopped = false;
            while (!stopped) {
                stopped = stop.awaitStop(Duration.ofDays(1), demo.ended());
            }
            demo.failure().ifPresent(failure -> {
                throw new PipelineException("the pipeline stopped: " + failure.getMessage());
            });
            return 0;
        }
    }

    private Scene ready(Demo demo) throws InterruptedException {
        demo.awaitReady(READY_LIMIT);
        Scene scene = demo.scene(PATIENCE, QUIET);
        scene.rehearse(Script.rehearsal(demo.lastBook()));
        return scene;
    }

    private static int explain(Exception failure, CommandLine command, ParseResult arguments) throws Exception {
        int exitCode = exitCode(failure);
        if (exitCode == UNEXPECTED) {
            throw failure;
        }
        command.getErr().println("freshet: " + failure.getMessage());
        return exitCode;
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof PortTakenException) {
            return 2;
        }
        if (failure instanceof PipelineException) {
            return 1;
        }
        return failure instanceof StackException
                        || failure instanceof DatabaseException
                        || failure instanceof CacheUnavailableException
                ? 3
                : UNEXPECTED;
    }

    /** What {@code --seconds} takes. */
    private static final class Seconds implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String text) {
            if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > 600) {
                throw new TypeConversionException("'" + text + "' is no number of seconds between 1 and 600");
            }
            return Integer.valueOf(text);
        }
    }

    /** What {@code --port} takes. */
    private static final class PortNumber implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
                throw new TypeConversionException("'" + text + "' is no port; it must lie between 0 and 65535");
            }
            return Integer.valueOf(text);
        }
    }
}
