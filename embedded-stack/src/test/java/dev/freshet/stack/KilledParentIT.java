package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** What becomes of the servers whose program was killed. */
@DisabledIfSystemProperty(named = "freshet.stack", matches = "containers", disabledReason = "of child processes")
final class KilledParentIT {

    // Not one of the test runner's: it complains of the links in it.
    private Path directory = Path.of("");
    private final List<Process> processes = new ArrayList<>();
    private final List<RunningProcess> servers = new ArrayList<>();
    private Path registry = Path.of("");
    private Path bareTools = Path.of("");

    @BeforeEach
    void prepare() throws IOException {
        directory = Files.createTempDirectory("freshet-killed-parent");
        registry = Directories.make(directory.resolve("registry"));
        // Unpacking takes longer than all the rest.
        Files.createSymbolicLink(registry.resolve("bin"), Registry.open().binaries());
        bareTools = Directories.make(directory.resolve("tools"));
        // It is closed to others, and PostgreSQL may run as somebody else.
        Files.setPosixFilePermissions(directory, Files.getPosixFilePermissions(registry));
    }

    @AfterEach
    void end() {
        processes.forEach(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
        // With the parent's death their own was only arranged in some of the tests.
        servers.stream().flatMap(server -> server.find().stream()).forEach(Termination::kill);
        Directories.delete(directory);
    }

    @Test
    void theyEndWithItWhereTheSystemCanArrangeThat() throws IOException {
        Owned owned = start(System.getenv("PATH"), "postgres", "redis", "kafka");
        boolean arranged = Program.works(List.of("setpriv", "--pdeathsig", "TERM"));

        kill(owned.parent());

        if (arranged) {
            await().atMost(Duration.ofSeconds(20)).until(() -> owned.alive().isEmpty());
        } else {
            assertThat(owned.alive()).hasSize(3);
        }
        // Either way the next one clears away.
        start(System.getenv("PATH"), "redis");
        assertThat(owned.alive()).isEmpty();
        assertThat(runs()).hasSize(1);
    }

    @Test
    void elsewhereTheNextStackEndsTheseAndNothingElse() throws IOException {
        Owned living = start(bare("unshare", "true", "sh"), "redis");
        Owned killed = start(bare("unshare", "true", "sh"), "postgres", "redis", "kafka");
        Process foreign = foreignRedis();
        kill(killed.parent());
        assertThat(killed.alive()).hasSize(3);
        // As if the killed stack had had servers whose process ids were given to others since.
        Path run = runs().stream()
                .filter(path ->
                        path.toString().contains("run-" + killed.parent().pid() + "-"))
                .findFirst()
                .orElseThrow();
        RunningProcess.of(foreign.toHandle(), run.resolve("redis").toString(), "TERM")
                .write(run.resolve("reused.pid"));
        RunningProcess honest = RunningProcess.of(foreign.toHandle(), "redis-server", "TERM");
        new RunningProcess(honest.pid(), honest.started() - 60_000, honest.marker(), "TERM")
                .write(run.resolve("earlier.pid"));

        Owned next = start(System.getenv("PATH"), "redis");

        assertThat(killed.alive()).isEmpty();
        assertThat(run).doesNotExist();
        assertThat(living.alive()).hasSize(1);
        assertThat(next.alive()).hasSize(1);
        assertThat(foreign.isAlive()).isTrue();
        assertThat(runs()).hasSize(2);
    }

    @Test
    void aDataDirectoryIsTakenOverAfterItsServersWereEnded() throws IOException {
        Path data = directory.resolve("data");
        Owned killed = start(bare("unshare", "true", "sh"), "postgres", "redis", data.toString());
        kill(killed.parent());
        assertThat(killed.alive()).hasSize(2);

        Owned next = start(System.getenv("PATH"), "postgres", "redis", data.toString());

        assertThat(killed.alive()).isEmpty();
        assertThat(next.alive()).hasSize(2);
        assertThat(data.resolve("postgres").resolve("data")).isDirectory();
    }

    @Test
    void withoutUserNamespacesPostgresStartsAllTheSame() throws IOException {
        Owned owned = start(bare("setpriv", "true", "sh"), "postgres");
        assertThat(owned.alive()).hasSize(1);
    }

    private record Owned(Process parent, List<Long> servers) {
        List<Long> alive() {
            return servers.stream()
                    .filter(pid -> ProcessHandle.of(pid)
                            .filter(process -> !RunningProcess.isGone(process))
                            .isPresent())
                    .toList();
        }
    }

    private Owned start(String path, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfreshet.stack.home=" + registry,
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PATH", path);
        Process parent = builder.start();
        processes.add(parent);
        List<Long> pids = new ArrayList<>();
        BufferedReader out = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
            assertThat(line).as("the program ended before it was ready").isNotNull();
            if (line.matches("\\d+")) {
                long pid = Long.parseLong(line);
                pids.add(pid);
                ProcessHandle.of(pid)
                        .map(process -> RunningProcess.of(process, directory.toString(), "TERM"))
                        .ifPresent(servers::add);
            }
        }
        return new Owned(parent, pids);
    }

    private Process foreignRedis() throws IOException {
        Path program = new Binaries(Registry.open(), null).redis(Platform.current());
        Process foreign = new ProcessBuilder(
                        program.toString(),
                        "--port",
                        Integer.toString(Ports.free()),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(foreign);
        return foreign;
    }

    private static void kill(Process parent) {
        parent.destroyForcibly();
        parent.onExit().join();
    }

    /** A PATH with these programs only. */
    private String bare(String... programs) throws IOException {
        Path tools = Files.createTempDirectory(bareTools, "bin");
        for (String program : programs) {
            for (String place : List.of("/usr/bin", "/bin", "/usr/sbin")) {
                Path real = Path.of(place, program);
                if (Files.exists(real) && !Files.exists(tools.resolve(program))) {
                    Files.createSymbolicLink(tools.resolve(program), real);
                }
            }
        }
        return tools.toString();
    }

    private List<Path> runs() throws IOException {
        try (Stream<Path> entries = Files.list(registry)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("run-"))
                    .toList();
        }
    }
}
