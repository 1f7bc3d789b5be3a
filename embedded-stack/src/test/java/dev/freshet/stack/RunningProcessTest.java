package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningProcessTest {

    private final ProcessHandle self = ProcessHandle.current();
    private final String marker = self.info().command().orElseThrow();

    @TempDir
    Path directory;

    @Test
    void isFoundAgainFromItsFile() {
        Path file = directory.resolve("x.pid");
        RunningProcess.of(self, marker, "TERM").write(file);
        assertThat(RunningProcess.read(file).flatMap(RunningProcess::find)).contains(self);
    }

    @Test
    void anotherProcessOfTheSameIdIsNotTakenForIt() {
        RunningProcess here = RunningProcess.of(self, marker, "TERM");
        assertThat(new RunningProcess(here.pid(), here.started() - 5_000, marker, "TERM").find())
                .isEmpty();
        assertThat(new RunningProcess(here.pid(), here.started(), "/another/directory", "TERM").find())
                .isEmpty();
    }

    @Test
    void aFileThatIsNotWholeNamesNoProcess() throws Exception {
        assertThat(RunningProcess.read(directory.resolve("missing.pid"))).isEmpty();
        assertThat(RunningProcess.read(Files.writeString(directory.resolve("short.pid"), "1\n2\n")))
                .isEmpty();
        assertThat(RunningProcess.read(Files.writeString(directory.resolve("wrong.pid"), "a\nb\nc\nd\n")))
                .isEmpty();
    }

    @Test
    void anOwnerIsAliveOnlyUnderItsOwnStartTime() {
        long started = RunningProcess.startedMillis(self);
        assertThat(Registry.isOwnerAlive("run-" + self.pid() + "-" + started + "-0a1b2c3d"))
                .isTrue();
        assertThat(Registry.isOwnerAlive("run-" + self.pid() + "-" + (started - 5_000) + "-0a1b2c3d"))
                .isFalse();
    }
}
