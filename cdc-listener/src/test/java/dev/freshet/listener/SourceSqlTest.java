package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.model.config.Secret;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceSqlTest {

    private final SourceSql sql = new SourceSql(new CaptureSettings(
            new PostgresConfig("jdbc:postgresql://db/shop", "fr\"shet", new Secret("s3cret"), 1, Map.of()),
            new Topics("sh'op"),
            "sh'op",
            "sh'op",
            List.of(new TableId("public", "books"), new TableId("Sales", "Order Items"))));

    @Test
    void setupQuotesNamesAndHoldsNoPassword() {
        assertThat(sql.setup("shop", 160000))
                .containsExactly(
                        "CREATE ROLE \"fr\"\"shet\" LOGIN REPLICATION;",
                        "GRANT CONNECT ON DATABASE \"shop\" TO \"fr\"\"shet\";",
                        "GRANT USAGE ON SCHEMA \"Sales\", \"public\" TO \"fr\"\"shet\";",
                        "GRANT SELECT ON \"Sales\".\"Order Items\", \"public\".\"books\" TO \"fr\"\"shet\";",
                        "CREATE PUBLICATION \"sh'op\" FOR TABLE \"Sales\".\"Order Items\", \"public\".\"books\" WITH"
                                + " (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);",
                        "SELECT pg_create_logical_replication_slot('sh''op', 'pgoutput', false, false);");
    }

    @Test
    void standbysKeepTheSlotFrom17On() {
        assertThat(sql.createSlot(170000))
                .isEqualTo("SELECT pg_create_logical_replication_slot('sh''op', 'pgoutput', false, false, true);");
    }

    @Test
    void generatedColumnsArePublishedFrom18On() {
        assertThat(sql.alterPublicationOptions(180000)).contains("publish_generated_columns = stored");
    }

    @Test
    void teardownTakesBackWhatSetupMade() {
        assertThat(String.join("\n", sql.teardown("shop")))
                .contains("pg_drop_replication_slot", "DROP PUBLICATION", "REVOKE SELECT", "DROP ROLE")
                .doesNotContain("s3cret");
    }
}
