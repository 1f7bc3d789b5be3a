package dev.freshet.system.process;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Configuration files, written as JSON, which YAML contains; their Redis is used with the least rights. */
public final class ConfigText {

    private ConfigText() {}

    public static Path write(Path directory, Map<String, ?> config) {
        try {
            return write(
                    directory,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path write(Path directory, String yaml) {
        return write(directory, yaml, Map.of());
    }

    /** @param environment of the processes that will read it */
    public static Path write(Path directory, String yaml, Map<String, String> environment) {
        try {
            return Files.writeString(directory.resolve("freshet.yml"), RedisUsers.ofPipeline(yaml, environment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
