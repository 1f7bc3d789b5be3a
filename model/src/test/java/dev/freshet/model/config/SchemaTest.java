package dev.freshet.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema for editors names what the parser knows, no more and no less. */
class SchemaTest {

    private static final String STRANGER = "zzzzzzzz";

    @ParameterizedTest
    @CsvSource({
        "'', /properties",
        "postgres, /properties/postgres/properties",
        "kafka, /properties/kafka/properties",
        "kafka.topics, /properties/kafka/properties/topics/properties",
        "redis, /properties/redis/properties",
        "redis.tls, /properties/redis/properties/tls/properties",
        "listener, /properties/listener/properties",
        "writer, /properties/writer/properties",
        "caches.c, /$defs/cache/properties",
        "caches.c.value, /$defs/cache/properties/value/properties",
    })
    void everyNameStandsInBoth(String path, String pointer) throws IOException {
        Set<String> inSchema = new TreeSet<>();
        schema().at(pointer).fieldNames().forEachRemaining(inSchema::add);

        assertThat(knownToParser(path)).isEqualTo(inSchema).isNotEmpty();
    }

    private static JsonNode schema() throws IOException {
        try (InputStream schema = ConfigFile.class.getResourceAsStream("freshet.schema.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(schema));
        }
    }

    /** The parser tells what it knows when it meets a name that resembles nothing. */
    private static Set<String> knownToParser(String path) {
        String text = STRANGER + ": 1";
        String[] parts = path.isEmpty() ? new String[0] : path.split("\\.");
        for (int i = parts.length - 1; i >= 0; i--) {
            String beside = parts[i].equals("value") ? ", on-change: refresh" : "";
            text = parts[i] + ": {" + text + "}" + beside;
        }
        String stranger = path.isEmpty() ? STRANGER : path + "." + STRANGER;
        String message = ConfigProblemsTest.problems("{" + text + "}", Map.of()).stream()
                .filter(problem -> problem.path().equals(stranger))
                .findFirst()
                .orElseThrow()
                .message();
        String listed = "known here: ";
        assertThat(message).contains(listed);
        return new TreeSet<>(Arrays.asList(
                message.substring(message.indexOf(listed) + listed.length()).split(", ")));
    }
}
