package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Mend;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorReportTest {

    private final Told told = Told.caches("b: { table: public.books, key: \"b:{id}\" }");

    @Test
    void adviceAloneIsClean() {
        tell(Severity.NOTE);

        assertThat(report().exitCode()).isZero();
        assertThat(new DoctorReport(List.of(), List.of()).toText("f")).isEqualToIgnoringNewLines("nothing found");
    }

    @Test
    void theWorstDecidesTheExitCode() {
        tell(Severity.UNREACHABLE);
        assertThat(report().exitCode()).isEqualTo(3);
        tell(Severity.WARNING, Mend.sql("SELECT 1;"));
        assertThat(report().exitCode()).isEqualTo(1);
        tell(Severity.WRONG, Mend.sql("SELECT 1;"), Mend.setting("a.b", "c"));
        assertThat(report().exitCode()).isEqualTo(1);
        tell(Severity.WRONG, Mend.setting("a.b", "c"));
        assertThat(report().exitCode()).as("only the file can mend it").isEqualTo(2);
    }

    @Test
    void eachStepStandsOnALineOfItsOwnAfterWhereItIsRun() {
        tell(Severity.WRONG, Mend.sql("ALTER TABLE \"t\" SET LOGGED;"), Mend.redis("CONFIG SET a b"));

        assertThat(report().toText("freshet.yml").lines())
                .containsExactly(
                        "error          freshet.yml:3 redis.url",
                        "  what         what",
                        "  why          why",
                        "  sql          ALTER TABLE \"t\" SET LOGGED;",
                        "  redis-cli    CONFIG SET a b",
                        "",
                        "1 error, 0 warnings, 0 advice");
    }

    @Test
    void nothingThatATerminalObeysIsPrinted() {
        tell(Severity.WARNING, Mend.sql("ROLLBACK PREPARED '\u001b[2J\nx';"));

        assertThat(report().toText("f")).contains("'\\x1b[2J x';").doesNotContain("\u001b");
    }

    @Test
    void scriptsGetTheSame() throws Exception {
        tell(Severity.UNREACHABLE, Mend.hand("start it"));

        JsonNode json = new ObjectMapper().readTree(report().toJson("freshet.yml"));

        assertThat(json.path("exitCode").asInt()).isEqualTo(3);
        JsonNode finding = json.path("findings").path(0);
        assertThat(finding.path("severity").asText()).isEqualTo("error");
        assertThat(finding.path("reachable").asBoolean()).isFalse();
        assertThat(finding.path("path").asText()).isEqualTo("redis.url");
        assertThat(finding.path("mends").path(0).path("where").asText()).isEqualTo("by hand");
        assertThat(finding.path("mends").path(0).path("run").asText()).isEqualTo("start it");
    }

    private void tell(Severity severity, Mend... mends) {
        told.findings().because("why").add(severity, "redis.url", "what", mends);
    }

    private DoctorReport report() {
        return new DoctorReport(told.all(), List.of());
    }
}
