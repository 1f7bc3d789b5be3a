package dev.freshet.benchmarks;

import dev.freshet.benchmarks.Freshet.Setting;
import dev.freshet.benchmarks.micro.Micro;
import dev.freshet.benchmarks.report.Document;
import dev.freshet.benchmarks.report.Results;
import dev.freshet.benchmarks.report.Tables;
import dev.freshet.stack.StackException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet bench}: Freshet and its rivals, side by side. */
@Command(
        name = "freshet bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures Freshet beside its rivals, on servers that it starts on this machine, PostgreSQL with fsync on.",
            "Takes about twenty minutes, with --quick less than five. Leave the machine alone meanwhile."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:something could not be measured", "2:wrong usage", "3:a server did not start"})
public final class Main implements Callable<Integer> {

    private static final int ROWS = 400_001;

    @Option(names = "--quick", description = "One round, fewer rates and fewer rivals.")
    private boolean quick;

    @Option(names = "--minutes", paramLabel = "N", description = "How long the full run may take. Default: 20.")
    private @Nullable Integer minutes;

    @Option(names = "--repeats", paramLabel = "N", description = "Rounds of the full run. Default: 3.")
    private @Nullable Integer repeats;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "RIVAL",
            description = "Only these: ${COMPLETION-CANDIDATES}, with commas between.")
    private Set<Contender> only = EnumSet.noneOf(Contender.class);

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "Only these: ${COMPLETION-CANDIDATES}, with commas between.")
    private Set<Part> parts = EnumSet.noneOf(Part.class);

    @Option(
            names = "--listener-java",
            paramLabel = "OPTIONS",
            description = "Further options for the JVM of Freshet's listener, to profile it.")
    private String listenerJava = "";

    @Option(
            names = "--writer-java",
            paramLabel = "OPTIONS",
            description = "Further options for the JVM of Freshet's writer.")
    private String writerJava = "";

    @Option(names = "--write-docs", description = "Also writes docs/benchmarks.md and its charts, in this clone.")
    private boolean writeDocs;

    @Option(
            names = "--micro",
            arity = "0..1",
            fallbackValue = ".*",
            paramLabel = "REGEX",
            description = "Instead measures the hot paths by themselves with JMH: those whose names match.")
    private Optional<String> micro = Optional.empty();

    @Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private final PrintStream out;
    private final PrintStream err;

    private Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the command. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        return commandLine(out, err).execute(arguments);
    }

    /** The command with its options. */
    static CommandLine commandLine(PrintStream out, PrintStream err) {
        return new CommandLine(new Main(out, err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof StackException || failure instanceof BenchException) {
                        command.getErr().println("freshet: " + failure.getMessage());
                        return failure instanceof StackException ? 3 : 1;
                    }
                    throw failure;
                });
    }

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException, RunnerException {
        if (micro.isPresent()) {
            out.println(Machine.here().line());
            Micro.run(micro.get());
            return 0;
        }
        Plan plan = plan();
        Optional<Document> document = document();
        Machine machine = Machine.here();
        Results results = new Results(Figures.all(plan.rates()));
        boolean whole;
        String servers;
        try (Site site = Site.start(true, ROWS)) {
            servers = site.describeServers();
            err.println(machine.line());
            err.println(servers);
            whole = play(site, plan, results);
            if (plan.has(Part.STAGES)) {
                whole &= stages(site, plan, results);
            }
            if (plan.has(Part.SCALING)) {
                whole &= scale(site, results);
            }
        }
        List<String> head = List.of(
                "Command: `freshet " + String.join(" ", command()) + "`.",
                "Machine: " + machine.line() + ". Servers: " + servers + ", all on the loopback.",
                "Load average: " + machine.load() + " before, " + Machine.here().load() + " after.",
                plan.repeats() == 1
                        ? "One round."
                        : plan.repeats() + " rounds; the median, and behind it the least and the greatest.");
        head.forEach(out::println);
        results.figures().forEach(figure -> {
            out.println();
            Tables.text(results, figure).forEach(out::println);
        });
        List<String> goals = Goals.markdown(results);
        if (!goals.isEmpty()) {
            out.println();
            goals.forEach(out::println);
        }
        if (document.isPresent()) {
            document.get().write(head, goals, results, Freshet.NAME);
        }
        return whole ? 0 : 1;
    }

    private List<String> command() {
        List<String> words = new ArrayList<>(List.of("bench"));
        words.addAll(spec.commandLine().getParseResult().originalArgs());
        return words;
    }

    private Optional<Document> document() {
        if (!writeDocs) {
            return Optional.empty();
        }
        String home = System.getenv().getOrDefault("FRESHET_BENCH_HOME", "");
        Document document = new Document(Path.of(home).resolveSibling("docs").resolve("benchmarks.md"));
        List<String> problems = document.problems();
        if (!problems.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--write-docs: " + problems.get(0));
        }
        return Optional.of(document);
    }

    private Plan plan() {
        if (quick && (minutes != null || repeats != null)) {
            throw new ParameterException(spec.commandLine(), "--quick has its own --minutes and --repeats");
        }
        int length = atLeastOne("--minutes", minutes, 20);
        int rounds = atLeastOne("--repeats", repeats, 3);
        return (quick ? Plan.quick() : Plan.full(length, rounds)).only(parts);
    }

    private int atLeastOne(String option, @Nullable Integer given, int otherwise) {
        if (given != null && given < 1) {
            throw new ParameterException(spec.commandLine(), option + " " + given + ": must be at least 1");
        }
        return given == null ? otherwise : given;
    }

    private boolean play(Site site, Plan plan, Results results) throws InterruptedException {
        boolean whole = true;
        for (int i = 1; i <= plan.repeats(); i++) {
            for (Contender contender : contenders()) {
                int round = i;
                Optional<Rival> rival = contender.rival(site, setting(), round);
                if (rival.isEmpty()) {
                    continue;
                }
                try {
                    new Round(site, plan, rival.get(), results, line -> err.println(round + "  " + line)).play();
                } catch (BenchException | SQLException e) {
                    whole = false;
                    err.println(rival.get().name() + ": " + e.getMessage());
                }
            }
        }
        return whole;
    }

    private boolean stages(Site site, Plan plan, Results results) throws InterruptedException {
        try {
            new Stages(site, plan.burst(), results, err::println).play(setting());
            return true;
        } catch (BenchException | SQLException e) {
            err.println("stages: " + e.getMessage());
            return false;
        }
    }

    private boolean scale(Site site, Results results) throws InterruptedException {
        try {
            new Scaling(site, results, err::println).play(Scaling.Case.all());
            return true;
        } catch (BenchException | SQLException e) {
            err.println("scaling: " + e.getMessage());
            return false;
        }
    }

    private List<Contender> contenders() {
        if (!only.isEmpty()) {
            return List.copyOf(EnumSet.copyOf(only));
        }
        List<Contender> all = new ArrayList<>(EnumSet.allOf(Contender.class));
        if (quick) {
            all.removeIf(contender -> !contender.quick());
        }
        return all;
    }

    private Setting setting() {
        return new Setting(Setting.ONE_CACHE, 6, words(listenerJava), words(writerJava));
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }
}
