package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import dev.freshet.model.config.ConfigFile;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that starts parts of the pipeline and works until it is told to stop. */
abstract class ServingCommand implements Callable<Integer> {

    /** A first attach walks the whole keyspace; how long that takes nobody knows beforehand. */
    private static final Duration STEP = Duration.ofSeconds(1);

    @Mixin
    private ConfigOption config = new ConfigOption();

    final Main.Console console;

    ServingCommand(Main.Console console) {
        this.console = console;
    }

    abstract Pipeline.Stages stages();

    abstract Set<Part> needs();

    ConfigOption config() {
        return config;
    }

    @Override
    public Integer call() throws InterruptedException {
        ConfigFile file = config.read(console);
        Preflight.check(console, config.file(), file, needs());
        StopSignal stop = StopSignal.install();
        try (Pipeline pipeline = Pipeline.start(file.config(), stages(), console.out())) {
            boolean ready = false;
            while (!stop.awaitStop(ready ? Duration.ofDays(1) : STEP, pipeline.ended())) {
                if (!ready && pipeline.awaitReady(Duration.ofMillis(50))) {
                    ready = true;
                    console.out().println("ready");
                    console.out().flush();
                }
            }
            pipeline.failure().ifPresent(failure -> {
                throw new CommandFailedException(ExitCode.NO, "stopped: " + failure.getMessage());
            });
            return ExitCode.DONE;
        }
    }
}
