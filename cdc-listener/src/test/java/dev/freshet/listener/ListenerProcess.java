package dev.freshet.listener;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A listener in a JVM of its own, to be killed. It prints {@code ready} and works until its input ends. */
final class ListenerProcess implements AutoCloseable {

    private final Process process;

    private ListenerProcess(Process process) {
        this.process = process;
    }

    static ListenerProcess start(TestServers servers, String table) throws IOException {
        return start(servers, servers.postgres().url(), table);
    }

    /** @param url another way to the same database */
    static ListenerProcess start(TestServers servers, String url, String table) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ListenerProcess.class.getName()));
        PostgresConfig postgres = servers.postgres();
        command.addAll(List.of(
                url,
                postgres.user(),
                postgres.password().reveal(),
                TestServers.bootstrapServers(),
                servers.name(),
                table));
        return new ListenerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits for the line {@code ready}. */
    void awaitReady() throws IOException {
        var output = process.inputReader();
        String line;
        do {
            line = output.readLine();
            if (line == null) {
                throw new IOException("the listener ended before it was ready");
            }
        } while (!line.equals("ready"));
    }

    /** Kills it: it gets no chance to do anything more. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] args) throws Exception {
        PostgresConfig postgres = new PostgresConfig(args[0], args[1], new Secret(args[2]), 1L << 33, Map.of());
        KafkaConfig kafka = new KafkaConfig(Optional.of(args[3]), Path.of("."), 3, 1, Duration.ofHours(1), Map.of());
        CaptureSettings settings =
                new CaptureSettings(postgres, new Topics(args[4]), args[4], args[4], List.of(TableId.parse(args[5])));
        try (Listener listener =
                new Listener(settings, new KafkaChangeLog(kafka, args[3], settings.topics(), settings.tables()))) {
            listener.start();
            if (listener.awaitStreaming(Duration.ofMinutes(1))) {
                System.out.println("ready");
            }
            while (System.in.read() >= 0) {
                // Works in the background.
            }
        }
    }
}
