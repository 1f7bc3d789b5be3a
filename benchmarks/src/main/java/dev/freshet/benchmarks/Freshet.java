package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Freshet as users run it: a listener and a writer, each a process with a heap of 256 MB, and a configuration file. */
final class Freshet implements Rival {

    /** What the tables and charts call it. */
    static final String NAME = "Freshet";

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** For each of its processes. */
    static final String HEAP = "-Xmx256m";

    private final Site site;
    private final Setting setting;
    private final String pipeline;
    private final List<ChildJvm> running = new ArrayList<>();
    private Optional<ChildJvm> writer = Optional.empty();

    /**
     * How it is set.
     *
     * @param caches the file's section {@code caches}, indented
     * @param listenerOptions further options for the listener's JVM
     * @param writerOptions and for the writer's
     */
    record Setting(String caches, int partitions, List<String> listenerOptions, List<String> writerOptions) {

        static final String ONE_CACHE = """
                  item:
                    table: public.item
                    key: "item:{id}"
                """;

        Setting {
            listenerOptions = List.copyOf(listenerOptions);
            writerOptions = List.copyOf(writerOptions);
        }
    }

    /** @param pipeline a name that none before it had on this site */
    Freshet(Site site, String pipeline, Setting setting) {
        this.site = site;
        this.pipeline = pipeline;
        this.setting = setting;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean keepsBacklog() {
        return true;
    }

    @Override
    public void attach() throws InterruptedException {
        start();
        for (ChildJvm process : running) {
            process.awaitReady(PATIENCE);
        }
    }

    @Override
    public void start() {
        startListener();
        startWriter();
    }

    void startListener() {
        running.add(launch("listener", setting.listenerOptions()));
    }

    void startWriter() {
        writer = Optional.of(launch("writer", setting.writerOptions()));
        writer.ifPresent(running::add);
    }

    /** The writer's process stands still until it is resumed. */
    void pauseWriter() {
        signalWriter("STOP");
    }

    void resumeWriter() {
        signalWriter("CONT");
    }

    private void signalWriter(String signal) {
        long pid = writer.orElseThrow().pid();
        try {
            int failed = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (failed != 0) {
                throw new BenchException("the writer's process took no signal");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** Of the table that changes. */
    String topic() {
        return pipeline + ".public." + Source.TABLE;
    }

    private ChildJvm launch(String command, List<String> further) {
        Path config = site.directory().resolve(pipeline + ".yml");
        try {
            Files.writeString(config, config());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> options = new ArrayList<>(List.of(HEAP));
        options.addAll(further);
        return ChildJvm.start(
                site.directory(),
                ChildJvm.Program.of(
                        command, "dev.freshet.cli.Main", options, List.of(command, "--config", config.toString())));
    }

    private String config() {
        return """
                pipeline: %s
                postgres: { url: "%s", user: "%s", password: "%s" }
                kafka: { bootstrap-servers: "%s", topics: { partitions: %d, replication: 1 } }
                redis: { url: "%s" }
                listener: { http: "127.0.0.1:0" }
                writer: { http: "127.0.0.1:0" }
                caches:
                %s""".formatted(
                        pipeline,
                        site.source().url(),
                        site.source().user(),
                        site.source().password(),
                        site.kafka(),
                        setting.partitions(),
                        site.redisUrl(),
                        setting.caches());
    }

    @Override
    public List<Long> processes() {
        return running.stream().map(ChildJvm::pid).toList();
    }

    @Override
    public void stop() {
        running.forEach(ChildJvm::close);
        running.clear();
    }

    @Override
    public void close() {
        stop();
    }
}
