package dev.freshet.benchmarks;

import dev.freshet.stack.EmbeddedStack;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs benchmarks against servers that it starts. Argument: a regular expression of their names. */
public final class Main {

    private Main() {}

    /**
     * Runs them and prints a table.
     *
     * @throws RunnerException where JMH refuses
     */
    public static void main(String[] arguments) throws RunnerException {
        System.out.printf(
                "%s, %d processors, Java %s%n",
                System.getProperty("os.name"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"));
        try (EmbeddedStack stack = EmbeddedStack.builder().redis().postgres().start()) {
            Options options = new OptionsBuilder()
                    .include(arguments.length == 0 ? ".*" : arguments[0])
                    .jvmArgsAppend(
                            "-Dbench.redis=" + stack.redis().url(),
                            "-Dbench.postgres=" + stack.postgres().jdbcUrl("postgres"),
                            "-Dbench.user=" + stack.postgres().user(),
                            "-Dbench.password=" + stack.postgres().password())
                    .resultFormat(ResultFormatType.JSON)
                    .result("target/jmh.json")
                    .build();
            new Runner(options).run();
        }
    }
}
