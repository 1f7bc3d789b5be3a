package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.stack.RedisCluster;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same on a cluster of three primaries. */
@Tag("full")
class ClusterFreshCacheIT extends FreshCacheIT {

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    RedisAtHand atHand() {
        return RedisAtHand.cluster(cluster.url(), node());
    }

    private static String node() {
        return cluster.node(0).url();
    }

    @Override
    @Test
    void aHitCostsOneGet() throws Exception {
        RedisAdvancedClusterCommands<String, String> nodes = (RedisAdvancedClusterCommands<String, String>) redis;
        read(1);
        nodes.upstream().commands().configResetstat();
        for (int i = 0; i < 10; i++) {
            read(1);
        }
        List<String> counted = nodes.upstream().commands().info("commandstats").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("cmdstat_get:") || line.startsWith("cmdstat_evalsha"))
                .toList();
        assertThat(counted).hasSize(1).first().asString().startsWith("cmdstat_get:calls=10,");
    }

    @Test
    void aNearCacheIsRefused() {
        RedisClusterClient client = RedisClusterClient.create(node());
        try {
            FreshCache.Builder builder =
                    FreshCache.builder(client, Optional::empty).nearCache(1000, Duration.ofMinutes(1));
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("go without a near cache");
        } finally {
            client.shutdown();
        }
    }
}
