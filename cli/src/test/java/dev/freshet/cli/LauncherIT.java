package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher itself, in a clone without code, with a Java and a Maven that only say what they were asked. */
class LauncherIT {

    private static final List<String> MODULES = List.of(
            "model",
            "redis-store",
            "embedded-stack",
            "cdc-listener",
            "cache-writer",
            "cli",
            "demo-api",
            "cache-client",
            "benchmarks");

    /** What Maven would do: a jar and a class path for each module. */
    private static final String MAVEN = """
            #!/bin/sh
            case "$*" in *--version*) echo "Apache Maven ${MAVEN_FAKE_VERSION:-3.9.9} (abc)"; exit 0 ;; esac
            echo build >>"$TRACES/builds"
            echo "$*" >>"$TRACES/arguments"
            [ -z "${MAVEN_FAKE_SECONDS-}" ] || sleep "$MAVEN_FAKE_SECONDS"
            [ -z "${MAVEN_FAKE_FAILURE-}" ] || { echo "line 1"; echo "$MAVEN_FAKE_FAILURE"; exit 1; }
            for module in model redis-store embedded-stack cdc-listener cache-writer cli demo-api \\
                cache-client benchmarks; do
              mkdir -p "$module/target/launcher"
              echo jar >"$module/target/launcher/freshet-$module-0.1.0.jar"
              : >"$module/target/launcher/classpath"
            done
            """;

    private static final String JAVA = """
            #!/bin/sh
            if [ "${1-}" = -version ]; then echo 'openjdk version "17.0.1"' >&2; exit 0; fi
            while [ "$1" != -cp ]; do echo "option $1"; shift; done
            shift 2
            echo "ran $*"
            [ -z "${FRESHET_BENCH_HOME-}" ] || echo "benchmarks in $FRESHET_BENCH_HOME"
            [ -z "${JAVA_FAKE_WAITS-}" ] || exec sleep "$JAVA_FAKE_WAITS"
            """;

    @TempDir
    private Path directory = Path.of("");

    private Path clone = Path.of("");
    private Path jdk = Path.of("");
    private Path maven = Path.of("");

    @BeforeEach
    void layOut() throws IOException {
        clone = Files.createDirectories(directory.resolve("a clone"));
        Path launcher = Path.of("..", "freshet").toAbsolutePath().normalize();
        Files.copy(launcher, clone.resolve("freshet"));
        executable(clone.resolve("freshet"), Files.readString(launcher));
        Files.writeString(clone.resolve("pom.xml"), "<project>\n  <version>1.2.3</version>\n</project>\n");
        for (String module : MODULES) {
            Files.createDirectories(clone.resolve(module).resolve("src/main/java"));
            Files.writeString(clone.resolve(module).resolve("pom.xml"), "<project/>");
        }
        jdk = directory.resolve("jdk 17");
        executable(jdk.resolve("bin/java"), JAVA);
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.1\"\n");
        maven = directory.resolve("maven");
        executable(maven.resolve("mvn"), MAVEN);
    }

    @Test
    void buildsOnceAndRunsTheCommand() throws Exception {
        Result first = launch(Map.of(), "run", "--config", "my file.yml");
        Result second = launch(Map.of(), "run", "--config", "my file.yml");

        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("ran dev.freshet.cli.Main run --config my file.yml");
        assertThat(first.err()).containsPattern("building \\(first time: a minute or two\\) \\.\\.\\. done in \\d+ s");
        assertThat(second.out()).contains("ran dev.freshet.cli.Main run --config my file.yml");
        assertThat(second.err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void demoHasItsOwnMain() throws Exception {
        assertThat(launch(Map.of(), "demo", "--once").out()).contains("ran dev.freshet.demo.Main --once");
    }

    @Test
    void benchHasItsOwnMainAndABuildOfItsOwn() throws Exception {
        launch(Map.of(), "run");
        Result bench = launch(Map.of(), "bench", "--quick");
        launch(Map.of(), "bench");
        launch(Map.of(), "run");

        assertThat(bench.out())
                .contains("ran dev.freshet.benchmarks.Main --quick")
                .contains("benchmarks in " + clone.resolve("benchmarks"));
        assertThat(Files.readAllLines(directory.resolve("arguments")))
                .satisfiesExactly(
                        run -> assertThat(run).contains("-pl cli,demo-api -am"),
                        built -> assertThat(built).contains("-pl cli,demo-api,benchmarks -am"));
        assertThat(clone.resolve("target/freshet/bench/build.log")).exists();
    }

    @Test
    void furtherOptionsReachTheJvm() throws Exception {
        assertThat(launch(Map.of("FRESHET_JAVA_OPTS", "-Xmx1g -Dx=*"), "run").out())
                .contains("option -Xmx1g\n")
                .contains("option -Dx=*\n");
    }

    @Test
    void buildsAgainWhatChanged() throws Exception {
        launch(Map.of(), "run");
        Path source = Files.writeString(clone.resolve("cli/src/main/java/New.java"), "class New {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));

        assertThat(launch(Map.of(), "run").err()).contains("building ... done in");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void buildsAgainWhatWasDeleted() throws Exception {
        launch(Map.of(), "run");
        deleteTree(clone.resolve("target/freshet").resolve(current()).resolve("lib"));
        Files.delete(clone.resolve("target/freshet").resolve(current()).resolve("classpath"));

        assertThat(launch(Map.of(), "run").code()).isZero();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aTestThatChangedBuildsNothing() throws Exception {
        launch(Map.of(), "run");
        Path test = clone.resolve("cli/src/test/java/NewTest.java");
        Files.createDirectories(test.getParent());
        Files.writeString(test, "class NewTest {}");

        launch(Map.of(), "run");

        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void severalAtOnceBuildOnce() throws Exception {
        List<Process> together = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            together.add(start(
                    directory, List.of(clone.resolve("freshet").toString(), "run"), Map.of("MAVEN_FAKE_SECONDS", "1")));
        }
        for (Process one : together) {
            Result result = result(one);
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out()).contains("ran dev.freshet.cli.Main run");
        }
        assertThat(builds()).isEqualTo(1);
        assertThat(clone.resolve("target/freshet/lock")).doesNotExist();
    }

    @Test
    void theLockOfAKilledLauncherIsTaken() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createDirectories(clone.resolve("target/freshet"));
        Files.createSymbolicLink(clone.resolve("target/freshet/lock"), Path.of(Long.toString(gone.pid())));

        assertThat(launch(Map.of(), "run").code()).isZero();
    }

    @Test
    void aNewBuildLeavesARunningCommandItsJars() throws Exception {
        launch(Map.of(), "run");
        String used = current();
        Process running =
                start(directory, List.of(clone.resolve("freshet").toString(), "run"), Map.of("JAVA_FAKE_WAITS", "60"));
        try {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Files.exists(
                            clone.resolve("target/freshet").resolve(used).resolve("used-by/" + running.pid())));
            for (int i = 0; i < 3; i++) {
                Path source = Files.writeString(clone.resolve("cli/src/main/java/New" + i + ".java"), "class New {}");
                Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(i + 2)));
                launch(Map.of(), "run");
            }
            assertThat(current()).isNotEqualTo(used);
            assertThat(clone.resolve("target/freshet").resolve(used).resolve("lib/freshet-cli-0.1.0.jar"))
                    .exists();
        } finally {
            running.destroy();
        }
    }

    @Test
    void aSignalReachesTheCommandItself() throws Exception {
        launch(Map.of(), "run");
        Process running =
                start(directory, List.of(clone.resolve("freshet").toString(), "run"), Map.of("JAVA_FAKE_WAITS", "60"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> running.toHandle()
                        .info()
                        .command()
                        .filter(command -> command.endsWith("sleep"))
                        .isPresent());

        running.destroy();

        assertThat(running.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFailedBuildShowsItsEndAndWhereTheRestIs() throws Exception {
        Result result = launch(Map.of("MAVEN_FAKE_FAILURE", "cannot find symbol"), "run");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("failed", "cannot find symbol", "target/freshet/build.log");
        assertThat(result.out()).isEmpty();
        assertThat(launch(Map.of(), "run").code()).isZero();
    }

    @Test
    void worksThroughLinksAndFromAnywhere() throws Exception {
        Path links = Files.createDirectories(directory.resolve("links here"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("..", "a clone", "freshet"));
        Files.createSymbolicLink(links.resolve("second"), links.resolve("first"));

        Result result =
                result(start(Path.of("/"), List.of(links.resolve("second").toString(), "run"), Map.of()));

        assertThat(result.code()).as(result.err()).isZero();
    }

    @Test
    void theVersionNeedsNoBuild() throws Exception {
        assertThat(launch(Map.of("JAVA_HOME", "/nowhere"), "--version").out()).isEqualTo("freshet 1.2.3\n");
        assertThat(builds()).isZero();
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");

        Result result = launch(Map.of(), "run");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("needs a JDK, 17 or newer", "is 11.0.2");
    }

    @Test
    void aJavaWithoutReleaseFileIsAsked() throws Exception {
        Files.delete(jdk.resolve("release"));

        assertThat(launch(Map.of(), "run").code()).isZero();
    }

    @Test
    void aMissingJavaIsTold() throws Exception {
        assertThat(launch(Map.of("JAVA_HOME", "/nowhere"), "run"))
                .satisfies(result -> assertThat(result.code()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("JAVA_HOME is /nowhere"));
    }

    @Test
    void aRuntimeWithoutCompilerIsTold() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));

        Result result = launch(Map.of(), "run");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("has no javac");
        assertThat(clone.resolve("target/freshet/lock")).doesNotExist();
    }

    @Test
    void aMissingOrOldMavenIsTold() throws Exception {
        Result old = launch(Map.of("MAVEN_FAKE_VERSION", "3.6.3"), "run");
        Files.delete(maven.resolve("mvn"));
        Result missing = launch(Map.of("PATH", withoutMaven()), "run");

        assertThat(old.code()).isEqualTo(2);
        assertThat(old.err()).contains("needs Maven, 3.8 or newer", "3.6.3");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("no mvn on the PATH");
    }

    private record Result(int code, String out, String err) {}

    private Result launch(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(clone.resolve("freshet").toString()));
        command.addAll(List.of(arguments));
        return result(start(directory, command, environment));
    }

    private Process start(Path from, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile());
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("PATH", maven + ":" + System.getenv("PATH"));
        builder.environment().put("TRACES", directory.toString());
        builder.environment().remove("FRESHET_JAVA_OPTS");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result result(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out, err);
    }

    /** The tools that the launcher needs beside Java and Maven, and no others. */
    private String withoutMaven() throws IOException {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of(
                "cat",
                "sed",
                "head",
                "tail",
                "find",
                "mkdir",
                "rm",
                "mv",
                "ln",
                "cp",
                "date",
                "dirname",
                "readlink",
                "ps")) {
            Path real = Files.exists(Path.of("/bin", tool)) ? Path.of("/bin", tool) : Path.of("/usr/bin", tool);
            executable(tools.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n");
        }
        return tools.toString();
    }

    private int builds() throws IOException {
        Path trace = directory.resolve("builds");
        return Files.exists(trace) ? Files.readAllLines(trace).size() : 0;
    }

    private String current() throws IOException {
        return Files.readString(clone.resolve("target/freshet/current")).strip();
    }

    private static void deleteTree(Path root) throws IOException {
        try (java.util.stream.Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
