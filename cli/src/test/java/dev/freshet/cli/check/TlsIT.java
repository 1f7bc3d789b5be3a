package dev.freshet.cli.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate for {@code localhost}, which is reached by another name as well. */
@DisabledIfSystemProperty(
        named = "freshet.stack",
        matches = "containers",
        disabledReason = "of a port of this machine's")
class TlsIT {

    private static final Set<Part> SOURCE = Set.of(Part.TABLES, Part.CAPTURE, Part.PUBLICATION);

    @Test
    void onlyTheServerThatTheAuthorityVouchesForIsTalkedTo(@TempDir Path directory) throws IOException {
        CertificateAuthority authority = CertificateAuthority.in(directory);
        CertificateAuthority stranger = CertificateAuthority.in(Files.createDirectory(directory.resolve("stranger")));
        CertificateAuthority.Issued server = authority.issue("server", "dns:localhost");
        try (TestDatabase database = TestDatabase.create()) {
            database.run("CREATE TABLE books (id bigint PRIMARY KEY)", "GRANT SELECT ON books TO " + database.name());
            database.run("CREATE PUBLICATION " + database.name()
                    + " FOR TABLE books WITH (publish_via_partition_root = true)");
            assertThat(check(database, "localhost", authority.certificate()).findings())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.WRONG);
                        assertThat(finding.toString()).contains("postgres.properties", "set ssl = on");
                    });
            write(database, server.certificate(), "server.crt");
            write(database, server.key(), "server.key");
            database.run("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
            await().until(() ->
                    check(database, "localhost", authority.certificate()).passed());

            assertRefused(
                    check(database, "127.0.0.1", authority.certificate()), "must be for the host in postgres.url");
            assertRefused(
                    check(database, "localhost", stranger.certificate()), "the authority that issued the server's");
            assertRefused(
                    check(database, "localhost", directory.resolve("none.crt")), "name a file that this user may read");
            assertRefused(check(database, "localhost", server.key()), "the authority that issued the server's");
            database.run("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()");
        }
    }

    private static void assertRefused(CheckReport report, String mend) {
        assertThat(report.exitCode()).isEqualTo(2);
        assertThat(report.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString())
                        .contains("postgres.properties", mend)
                        .doesNotContain("secret"));
    }

    private static CheckReport check(TestDatabase database, String host, Path trusted) {
        String yaml = database.yaml("b: { table: public.books, key: \"b:{id}\" }\n")
                .replace("127.0.0.1", host)
                .replace(
                        "password: secret",
                        "password: secret, properties: { sslmode: verify-full, sslrootcert: " + trusted + " }");
        return Checks.run(ConfigFile.parse(yaml, Map.of()), SOURCE);
    }

    /** Into the cluster's directory, by the server itself: nobody else may be able to read a key. */
    private static void write(TestDatabase database, Path file, String name) throws IOException {
        database.run("COPY (SELECT unnest(string_to_array($$"
                + Files.readString(file).strip() + "$$, E'\\n'))) TO PROGRAM" + " 'umask 077 && cat > " + name + "'");
    }
}
