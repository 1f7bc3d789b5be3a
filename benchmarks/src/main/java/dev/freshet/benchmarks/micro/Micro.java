package dev.freshet.benchmarks.micro;

import dev.freshet.stack.EmbeddedStack;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs JMH's benchmarks against servers that it starts. */
public final class Micro {

    private Micro() {}

    /**
     * Runs those whose names match the regular expression, and prints a table.
     *
     * @throws RunnerException where JMH refuses
     */
    public static void run(String pattern) throws RunnerException {
        try (EmbeddedStack stack = EmbeddedStack.builder().redis().postgres().start()) {
            Options options = new OptionsBuilder()
                    .include(pattern)
                    .jvmArgsAppend(
                            "-Dbench.redis=" + stack.redis().url(),
                            "-Dbench.postgres=" + stack.postgres().jdbcUrl("postgres"),
                            "-Dbench.user=" + stack.postgres().user(),
                            "-Dbench.password=" + stack.postgres().password())
                    .build();
            new Runner(options).run();
        }
    }
}
