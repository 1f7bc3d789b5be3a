package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Mend;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.stack.RedisCluster;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of the nodes of a real Redis Cluster. */
@Tag("full")
class ClusterExamIT {

    private static RedisCluster cluster;
    private static Findings findings;
    private static Measures measures;
    private static List<Clock> clocks;

    /** One primary lacks a right, one replica the user, and all have a policy that takes fences first. */
    @BeforeAll
    static void look() {
        cluster = RedisCluster.start(3, 1, List.of("--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru"));
        for (int node = 0; node < 6; node++) {
            AclSetuserArgs rights = AclSetuserArgs.Builder.on()
                    .addPassword("pw")
                    .allKeys()
                    .allChannels()
                    .allCommands();
            if (node == 1) {
                rights.removeCommand(CommandType.ZADD);
            }
            if (node != 5) {
                user(node, rights);
            }
        }
        ConfigFile file = ConfigFile.parse("""
                pipeline: shop
                postgres: { url: "jdbc:postgresql://db/shop", user: freshet }
                redis: { url: "%s" }
                caches: { b: { table: public.books, key: "b:{id}" } }
                """.formatted(cluster.url().replace("://", "://pipeline:pw@")), Map.of());
        findings = new Findings(file);
        measures = new Measures();
        RedisExam exam = new RedisExam(file, findings, measures, Map.of());
        exam.run();
        clocks = exam.clocks();
    }

    private static void user(int node, AclSetuserArgs rights) {
        try (RedisClient client = RedisClient.create(cluster.node(node).url());
                var connection = client.connect()) {
            connection.sync().aclSetuser("pipeline", rights);
        }
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void whatIsSoAtAllNodesIsToldOnceAndNamesThem() {
        assertThat(findings.all())
                .filteredOn(finding -> finding.place().message().startsWith("maxmemory-policy is volatile-lru"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.place().message())
                        .contains(addresses(0, 1, 2, 3, 4))
                        .doesNotContain(addresses(5)));
    }

    @Test
    void aRightThatOneNodeLacksNamesIt() {
        assertThat(findings.all())
                .filteredOn(finding -> finding.place().message().contains("may not run"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.WRONG);
                    assertThat(finding.place().message())
                            .contains("may not run ZADD")
                            .endsWith("(at " + cluster.node(1).address() + ")");
                    assertThat(finding.mends())
                            .extracting(Mend::text)
                            .containsExactly("ACL SETUSER pipeline +zadd ~freshet:*");
                });
    }

    @Test
    void aReplicaWithoutTheUserIsTold() {
        assertThat(findings.all())
                .filteredOn(finding -> finding.place().message().contains("a replica of the cluster"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.place().message())
                        .contains(cluster.node(5).address(), "WRONGPASS")
                        .doesNotContain("pw@"));
    }

    @Test
    void primariesAreMeasuredAndEveryClockIsRead() {
        assertThat(measures.all())
                .extracting(Measures.Measure::name)
                .contains(
                        "redis " + cluster.node(0).address(),
                        "redis " + cluster.node(1).address(),
                        "redis " + cluster.node(2).address());
        assertThat(clocks).hasSize(5);
    }

    private static String[] addresses(int... nodes) {
        return java.util.stream.IntStream.of(nodes)
                .mapToObj(node -> cluster.node(node).address())
                .toArray(String[]::new);
    }
}
