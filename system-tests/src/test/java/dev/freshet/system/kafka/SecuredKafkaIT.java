package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.CertificateAuthority;
import dev.freshet.system.process.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka that asks for TLS and a password, grants nothing unasked, and lets nobody make topics. */
@Tag("full")
final class SecuredKafkaIT {

    private static final String PASSWORD = "k4fka-s3cret";
    private static final List<String> USERS =
            List.of("freshet-listener", "freshet-writer", "freshet-operator", "somebody");

    @TempDir
    private static Path shared;

    private static Cluster cluster;
    private static CertificateAuthority authority;
    private static Admin admin;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws ExecutionException, InterruptedException, IOException {
        authority = CertificateAuthority.in(shared);
        CertificateAuthority.Issued server = authority.issue("server", "ip:127.0.0.1");
        Path identity = Files.writeString(
                shared.resolve("server.pem"), Files.readString(server.key()) + Files.readString(server.certificate()));
        String listener = "listener.name.clients.";
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put(
                listener + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put(listener + "ssl.keystore.type", "PEM");
        settings.put(listener + "ssl.keystore.location", identity.toString());
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        cluster = Cluster.start(shared, 1, settings);
        admin = cluster.admin();
        for (String user : USERS) {
            administrate(Documented.commands("Users").get(0).replace("--entity-name freshet", "--entity-name " + user));
        }
    }

    @AfterAll
    static void end() {
        admin.close();
        cluster.close();
    }

    private static void administrate(String line) throws ExecutionException, InterruptedException {
        KafkaTools.run(admin, line.replace("…", PASSWORD));
    }

    private static Map<String, Object> kafka(String user, String password) {
        return Map.of(
                "bootstrap-servers", cluster.clients(),
                "topics", Map.of("replication", 1, "partitions", 2),
                "properties",
                        Map.of(
                                "security.protocol", "SASL_SSL",
                                "sasl.mechanism", "SCRAM-SHA-512",
                                "sasl.jaas.config",
                                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                                                + user + "\" password=\"" + password + "\";",
                                "ssl.truststore.type", "PEM",
                                "ssl.truststore.location",
                                        authority.certificate().toString()));
    }

    @Test
    void whatIsToldToBeRunWhereTopicsAreMissingIsEnoughToStart() throws Exception {
        try (Scene scene = new Scene("told", directory, 50)) {
            Path config = scene.config(kafka("somebody", PASSWORD));
            List<String> run = new ArrayList<>();
            for (String command : List.of("listener", "writer")) {
                Freshet refused = scene.start(config, command);
                assertThat(refused.exitCode(Scene.PATIENCE))
                        .as(refused.lastWords())
                        .isEqualTo(2);
                assertThat(String.join("\n", refused.errors()))
                        .contains("is missing, and Kafka lets this user not make it")
                        .contains("nothing was changed");
                for (String line : commands(refused)) {
                    if (!run.contains(line)) {
                        administrate(line);
                        run.add(line);
                    }
                }
            }
            assertThat(run)
                    .anyMatch(line -> line.startsWith("kafka-topics.sh") && line.contains("--topic told.public.books "))
                    .anyMatch(line -> line.contains("--topic told.offsets ") && line.contains("cleanup.policy=compact"))
                    .anyMatch(line -> line.contains("--topic told.dead-letters "));
            play(scene, config, config);
        }
    }

    private static List<String> commands(Freshet command) {
        return command.errors().stream()
                .map(String::strip)
                .filter(line -> line.startsWith("kafka-"))
                .toList();
    }

    private static void play(Scene scene, Path listenerConfig, Path writerConfig) throws SQLException {
        Freshet listener = scene.ready(listenerConfig, "listener");
        Freshet writer = scene.ready(writerConfig, "writer");
        scene.fillDecoys();
        scene.change(50, "");
        scene.awaitFresh();
        scene.assertDecoysStand();
        assertThat(listener.terminate(Scene.PATIENCE)).isZero();
        assertThat(writer.terminate(Scene.PATIENCE)).isZero();
        assertThat(scene.words()).doesNotContain(PASSWORD);
    }

    @Test
    void theDocumentedRightsAreEnoughAndNoneIsTooMuch() throws Exception {
        try (Scene scene = new Scene("shop", directory, 50)) {
            for (String line : Documented.commands("Topics made by somebody else")) {
                administrate(line.replace("--replication-factor 3", "--replication-factor 1")
                        .replace(" --config min.insync.replicas=2", ""));
            }
            List<String> acls = Documented.commands("Rights");
            for (String line : acls) {
                administrate(line);
            }
            Path listener = scene.config("freshet-listener", kafka("freshet-listener", PASSWORD));
            Path writer = scene.config("freshet-writer", kafka("freshet-writer", PASSWORD));
            play(scene, listener, writer);

            Path operator = scene.config("freshet-operator", kafka("freshet-operator", PASSWORD));
            assertThat(scene.exitCode(operator, "replay", "--since", "10m"))
                    .as(scene.words())
                    .isZero();
            assertThat(scene.exitCode(operator, "dead-letters", "list"))
                    .as(scene.words())
                    .isZero();
            assertThat(scene.exitCode(operator, "doctor")).as(scene.words()).isLessThan(2);

            for (String command : List.of("listener", "writer")) {
                for (AclBinding acl : granted(acls, "User:freshet-" + command)) {
                    admin.deleteAcls(List.of(acl.toFilter())).all().get();
                    Freshet refused = scene.start(command.equals("listener") ? listener : writer, command);
                    assertThat(refused.exitCode(Scene.PATIENCE))
                            .as("%s without %s: %s", command, acl, refused.lastWords())
                            .isEqualTo(2);
                    assertThat(commands(refused))
                            .as("what mends the lack of %s", acl)
                            .anyMatch(line -> line.startsWith("kafka-acls.sh")
                                    && KafkaTools.acls(line).contains(acl));
                    admin.createAcls(List.of(acl)).all().get();
                }
            }
        }
    }

    private static List<AclBinding> granted(List<String> lines, String principal) {
        return lines.stream()
                .flatMap(line -> KafkaTools.acls(line).stream())
                .filter(acl -> acl.entry().principal().equals(principal))
                .toList();
    }

    @Test
    void aWrongPasswordAndAnAuthorityThatIsNotTrustedAreToldWithTheirPlace() throws Exception {
        try (Scene scene = new Scene("refused", directory, 1)) {
            Map<String, Object> untrusting = new LinkedHashMap<>(kafka("somebody", PASSWORD));
            untrusting.put(
                    "properties",
                    Map.of(
                            "security.protocol", "SASL_SSL",
                            "sasl.mechanism", "SCRAM-SHA-512",
                            "sasl.jaas.config",
                                    "org.apache.kafka.common.security.scram.ScramLoginModule required"
                                            + " username=\"somebody\" password=\"" + PASSWORD + "\";"));
            for (Map<String, Object> wrong : List.of(kafka("somebody", "wr0ng-s3cret"), untrusting)) {
                Path config = scene.config(wrong);
                Freshet refused = scene.start(config, "writer");
                assertThat(refused.exitCode(Scene.PATIENCE))
                        .as(refused.lastWords())
                        .isEqualTo(2);
                assertThat(String.join("\n", refused.errors()))
                        .contains("kafka.properties")
                        .contains("refuses the credentials");
            }
            assertThat(Stream.of(scene.words()))
                    .noneMatch(words -> words.contains(PASSWORD) || words.contains("wr0ng-s3cret"));
        }
    }
}
