package dev.freshet.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;

/** The {@code freshet} command line. Everything that is put together is put together below here. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(new Console(System.getenv(), out, err), arguments));
    }

    /** Every command with its options, for who wants to know what is taken. */
    public static CommandLine commandLine() {
        return commandLine(new Console(System.getenv(), System.out, System.err));
    }

    /** Runs one command in this JVM, on the calling thread; returns its exit code. */
    public static int run(Console console, String... arguments) {
        return commandLine(console).execute(arguments);
    }

    private static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new FreshetCommand());
        line.addSubcommand(new RunCommand(console));
        line.addSubcommand(new ListenerCommand(console));
        line.addSubcommand(new WriterCommand(console));
        line.addSubcommand(new DoctorCommand(console));
        line.addSubcommand(new SetupCommand(console));
        line.addSubcommand(new TeardownCommand(console));
        line.addSubcommand(new ExplainCommand(console));
        line.addSubcommand(new StatusCommand(console));
        line.addSubcommand(DeadLettersCommand.line(console));
        line.addSubcommand(new ReplayCommand(console));
        line.addSubcommand(new FlushCommand(console));
        line.addSubcommand(new WarmCommand(console));
        tellVersion(line);
        line.setOut(console.outWriter());
        line.setErr(console.errWriter());
        line.setExecutionExceptionHandler((failure, command, parsed) -> Failures.tell(console, failure));
        return line;
    }

    private static void tellVersion(CommandLine line) {
        line.getCommandSpec().versionProvider(new Version());
        line.getSubcommands().values().forEach(Main::tellVersion);
    }

    /** The environment and the streams of one command. */
    public record Console(Map<String, String> environment, PrintStream out, PrintStream err) {

        public Console {
            environment = Map.copyOf(environment);
        }

        PrintWriter outWriter() {
            return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
        }

        PrintWriter errWriter() {
            return new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        }
    }
}
