package dev.freshet.system.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The lines that {@code docs/kafka.md} tells an administrator to run. */
final class Documented {

    private Documented() {}

    /** Those below a heading, continued lines as one, that begin with a tool of Kafka's. */
    static List<String> commands(String heading) {
        String text = read();
        int begin = text.indexOf("## " + heading + "\n");
        if (begin < 0) {
            throw new IllegalStateException("docs/kafka.md has no heading " + heading);
        }
        int end = text.indexOf("\n## ", begin);
        return text.substring(begin, end < 0 ? text.length() : end)
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("kafka-"))
                .toList();
    }

    private static String read() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("docs").resolve("kafka.md");
            if (Files.exists(file)) {
                try {
                    return Files.readString(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        throw new IllegalStateException("no docs/kafka.md above " + Path.of("").toAbsolutePath());
    }
}
