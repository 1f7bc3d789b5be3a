package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writers whose group the brokers lead ({@code group.protocol: consumer}). */
@Tag("full")
final class ConsumerProtocolIT {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerProtocolIT.class);
    private static final String GROUP = "new_protocol";

    /** A killed member is missed after 45 s by default, less than which brokers do not let a group set. */
    private static final Map<String, String> SOON = Map.of(
            "group.consumer.min.session.timeout.ms", "6000",
            "group.consumer.session.timeout.ms", "6000",
            "group.consumer.min.heartbeat.interval.ms", "1500",
            "group.consumer.heartbeat.interval.ms", "1500");

    @Test
    void writersShareTheWorkThroughJoinsLeavesAndDeaths(@TempDir Path directory) throws Exception {
        try (EmbeddedStack kafka = EmbeddedStack.builder().kafka(SOON).start();
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", kafka.kafka().bootstrapServers()));
                Scene scene = new Scene(GROUP, directory, 400)) {
            Path config = scene.config(Map.of(
                    "bootstrap-servers", kafka.kafka().bootstrapServers(),
                    "topics", Map.of("replication", 1),
                    "properties", Map.of("group.protocol", "consumer")));
            scene.ready(config, "listener");
            scene.ready(config, "writer");
            scene.fillDecoys();
            scene.change(100, "");
            scene.awaitFresh();

            Freshet second = scene.ready(config, "writer");
            scene.change(100, "");
            awaitMembers(admin, 2);
            scene.awaitFresh();

            Freshet third = scene.ready(config, "writer");
            awaitMembers(admin, 3);
            assertThat(second.terminate(Scene.PATIENCE)).isZero();
            scene.change(100, "");
            scene.awaitFresh();

            awaitMembers(admin, 2);
            scene.change(50, "");
            third.kill();
            scene.change(50, "");
            LOG.info(
                    "After a writer's death all was applied within {} ms",
                    scene.awaitFresh().toMillis());
            scene.assertDecoysStand();
            // The clients that join no group take the property too.
            for (String command : List.of("status", "doctor", "dead-letters list", "replay --since 1m")) {
                assertThat(scene.exitCode(config, command.split(" ")))
                        .as(command + scene.words())
                        .isLessThan(2);
            }
        }
    }

    /** All with some of the partitions. */
    private static void awaitMembers(Admin admin, int count) {
        await().atMost(Scene.PATIENCE).until(() -> {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next();
            assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
            return group.members().size() == count
                    && group.members().stream()
                            .noneMatch(member ->
                                    member.assignment().topicPartitions().isEmpty());
        });
    }
}
