package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EnginePropertiesTest {

    private static CaptureSettings settings(String url, Map<String, String> properties) {
        return new CaptureSettings(
                new PostgresConfig(url, "freshet", new Secret("s3cret"), 1, properties),
                new Topics("shop"),
                "shop",
                "shop",
                List.of(new TableId("public", "books"), new TableId("Odd, schema", "a.b(c)")));
    }

    private static Properties engine(String url, Map<String, String> properties) {
        CaptureSettings settings = settings(url, properties);
        return EngineProperties.of(
                settings, SourceAddress.of(settings.postgres()).get(0), Lsn.parse("0/10"));
    }

    @Test
    void theUrlsPartsReachDebezium() {
        assertThat(engine("jdbc:postgresql://db.example:6432/shop", Map.of()))
                .containsEntry("database.hostname", "db.example")
                .containsEntry("database.port", "6432")
                .containsEntry("database.dbname", "shop")
                .containsEntry("database.user", "freshet")
                .containsEntry("database.password", "s3cret");
    }

    @Test
    void driverPropertiesOfUrlAndFilePassAndTlsOnesOverrideDebeziumsDefaults() {
        assertThat(engine("jdbc:postgresql://db/shop?options=-c%20a%3Db", Map.of("sslmode", "verify-full")))
                .containsEntry("database.sslmode", "verify-full")
                .containsEntry("driver.options", "-c a=b -c bytea_output=hex")
                .containsEntry("driver.socketFactory", PatientSocketFactory.class.getName());
    }

    @Test
    void eachServerOfAUrlIsAnAddress() {
        assertThat(SourceAddress.of(settings("jdbc:postgresql://a:1,b:2/shop?targetServerType=primary", Map.of())
                        .postgres()))
                .extracting(SourceAddress::toString)
                .containsExactly("a:1/shop", "b:2/shop");
    }

    @Test
    void aTablePatternMatchesItsTableOnlyAndHoldsNoComma() {
        String pattern = EngineProperties.pattern(new TableId("Odd, schema", "a.b(c)"));
        assertThat(pattern).doesNotContain(",");
        assertThat(Pattern.compile(pattern).matcher("Odd, schema.a.b(c)").matches())
                .isTrue();
        assertThat(Pattern.compile(pattern).matcher("Odd, schema.aXb(c)").matches())
                .isFalse();
        assertThat(EngineProperties.pattern(new TableId("public", "books"))).isEqualTo("public\\x{2e}books");
    }

    @Test
    void debeziumNeitherRestartsNorCreatesNorSnapshots() {
        assertThat(engine("jdbc:postgresql://db/shop", Map.of()))
                .containsEntry("errors.max.retries", "0")
                .containsEntry("slot.max.retries", "0")
                .containsEntry("publication.autocreate.mode", "disabled")
                .containsEntry("snapshot.mode", "no_data")
                .containsEntry("skipped.operations", "none")
                .containsEntry(SeededOffsets.START, "16");
    }

    @Test
    void aRecordWakesThePollingThreadAtOnceAndOurQueueIsUsed() {
        assertThat(engine("jdbc:postgresql://db/shop", Map.of()))
                .containsEntry("max.batch.size", "1")
                .containsEntry("queue.provider.type", new EngineQueue().name());
    }
}
