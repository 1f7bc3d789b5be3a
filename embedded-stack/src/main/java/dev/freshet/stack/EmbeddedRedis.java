package dev.freshet.stack;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A redis-server as a child process. */
final class EmbeddedRedis extends ChildServer implements RedisServer {

    private final List<String> args;
    private final String program;

    /** @param args appended to the command line, where they outrank the settings here */
    EmbeddedRedis(Place place, List<String> args) {
        super("redis", "TERM", place);
        this.args = List.copyOf(args);
        this.program = place.binaries().redis(Platform.current()).toString();
    }

    @Override
    void prepare() {
        Directories.write(directory().resolve("redis.conf"), String.join("\n", settings()) + "\n");
    }

    @Override
    List<String> command() {
        String conf = directory().resolve("redis.conf").toString();
        List<String> all = Settings.redis(place().fsync(), args);
        return Stream.concat(Stream.of(program, conf), all.stream()).toList();
    }

    @Override
    boolean isReady() throws IOException {
        return Wire.redisAnswers(port());
    }

    @Override
    public String url() {
        return "redis://" + address();
    }

    private List<String> settings() {
        return List.of(
                "bind 127.0.0.1",
                "port " + port(),
                "dir \"" + directory() + "\"",
                // A title of its own would hide the path by which the process is told from others.
                "set-proc-title no");
    }
}
