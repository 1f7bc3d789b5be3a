package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.config.ConfigFile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectorConfigurationTest {

    private static ConnectorConfiguration of(String url, String properties) {
        return new ConnectorConfiguration(
                ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "%s", user: me, password: s3cret, properties: { %s } }
                kafka: { bootstrap-servers: "k:1", topics: { partitions: 12, retention: 2h } }
                redis: { url: "redis://localhost" }
                caches:
                  b: { table: public.books, key: "b:{id}" }
                  o: { table: "public.odd, name", key: "o:{id}" }
                """.formatted(url, properties), Map.of()).config());
    }

    @Test
    void itSaysWhatAListenerWouldDo() throws Exception {
        JsonNode connector = JsonMapper.builder()
                .build()
                .readTree(of("jdbc:postgresql://db:6432/shop", "sslmode: verify-full")
                        .toJson());

        assertThat(connector.path("name").asText()).isEqualTo("shop");
        Map<String, String> config = JsonMapper.builder()
                .build()
                .convertValue(connector.path("config"), new com.fasterxml.jackson.core.type.TypeReference<>() {});
        assertThat(config)
                .containsEntry("database.hostname", "db")
                .containsEntry("database.port", "6432")
                .containsEntry("database.sslmode", "verify-full")
                .containsEntry("slot.name", "shop")
                .containsEntry("publication.autocreate.mode", "disabled")
                .containsEntry("table.include.list", "public\\x{2e}books,public\\x{2e}odd\\x{2c}\\x{20}name")
                .containsEntry("skipped.operations", "none")
                .containsEntry("topic.creation.default.partitions", "12")
                .containsEntry("topic.creation.default.retention.ms", "7200000")
                .containsEntry("topic.creation.default.min.insync.replicas", "2");
    }

    @Test
    void noSecretStandsInIt() {
        ConnectorConfiguration connector =
                of("jdbc:postgresql://db/shop", "sslmode: verify-full, sslpassword: s3cret2, sslkey: /k");

        assertThat(connector.toJson()).doesNotContain("s3cret").contains("\"/k\"");
        assertThat(connector.variables()).containsExactly("POSTGRES_PASSWORD", "POSTGRES_SSLPASSWORD");
    }

    @Test
    void ofSeveralServersTheFirstIsNamed() {
        ConnectorConfiguration connector = of("jdbc:postgresql://a:1,b:2/shop", "");

        assertThat(connector.leavesServersOut()).isTrue();
        assertThat(connector.toJson()).contains("\"a\"").doesNotContain("\"b\"");
    }
}
