package dev.freshet.cli;

import dev.freshet.cli.check.Part;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.Listener;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Prints what each change would touch, until it is told to stop. */
final class DryRun {

    private static final Duration STEP = Duration.ofSeconds(1);

    private final Main.Console console;
    private final ConfigOption option;

    DryRun(Main.Console console, ConfigOption option) {
        this.console = console;
        this.option = option;
    }

    int call() throws InterruptedException {
        ConfigFile file = option.read(console);
        Preflight.check(console, option.file(), file, Part.DRY_RUN);
        FreshetConfig config = file.config();
        StopSignal stop = StopSignal.install();
        new Addresses(console.out()).tell("postgres", Addresses.ofPostgres(config.postgres()));
        try (SourceConnection source = new SourceConnection(config.postgres(), "dry run");
                TrialCapture trial = TrialCapture.prepare(config, source);
                SourceConnection decoding = new SourceConnection(config.postgres(), "dry run decoding");
                TrialLog log = new TrialLog(config, decoding, console.out())) {
            CaptureSettings settings = trial.settings();
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                boolean ready = false;
                while (!stop.awaitStop(ready ? Duration.ofDays(1) : STEP, new CompletableFuture<>())) {
                    if (!ready && listener.awaitStreaming(Duration.ofMillis(1))) {
                        ready = true;
                        console.out().println("ready");
                        console.out().flush();
                    }
                }
            }
        }
        return ExitCode.DONE;
    }
}
