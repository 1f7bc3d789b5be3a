package dev.freshet.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.freshet.model.config.ConfigException;
import dev.freshet.model.config.ConfigFile;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;

final class ConsumerSettingsTest {

    private static Map<String, Object> settings(Map<String, String> properties) {
        return ConsumerSettings.of(config(properties).config(), "127.0.0.1:1");
    }

    private static ConfigFile config(Map<String, String> properties) {
        String written = properties.entrySet().stream()
                .map(property -> "'" + property.getKey() + "': '" + property.getValue() + "'")
                .collect(Collectors.joining(", "));
        return ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://localhost/shop", user: me }
                redis: { url: "redis://localhost" }
                kafka: { bootstrap-servers: "127.0.0.1:1", properties: { %s } }
                caches: { b: { table: public.books, key: "b:{id}" } }
                """.formatted(written), Map.of());
    }

    @Test
    void whatIsNotRefusedIsPassedThrough() {
        TreeSet<String> replaced = new TreeSet<>();
        for (String property : new TreeSet<>(ConsumerConfig.configNames())) {
            Map<String, String> written = new TreeMap<>(Map.of(property, "classic"));
            try {
                if (!"classic".equals(settings(written).get(property))) {
                    replaced.add(property);
                }
            } catch (ConfigException refused) {
                assertThat(refused.problems().get(0).path()).isEqualTo("kafka.properties." + property);
            }
        }
        assertThat(replaced).as("replaced without a word").isEmpty();
    }

    @Test
    void withTheBrokersLeadingTheGroupTheClientTakesItsSettings() {
        Map<String, Object> settings = settings(Map.of("group.protocol", "CONSUMER"));

        assertThatCode(() -> new KafkaConsumer<>(settings).close()).doesNotThrowAnyException();
        assertThat(settings(Map.of())).containsEntry("session.timeout.ms", 6_000);
    }
}
