package dev.freshet.system.faults;

import dev.freshet.stack.RedisCluster;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What happens to a Redis Cluster that is used: slots move, primaries die or hand over. */
enum Upheaval {
    /** Slots move from one primary to another, and some of them back. */
    RESHARDING {
        @Override
        long strike(RedisCluster cluster, Random random) {
            List<Integer> two = two(cluster, random);
            int first = move(cluster, two.get(0), two.get(1), SLOTS);
            cluster.moveSlots(two.get(1), two.get(0), first, first + SLOTS / 4);
            cluster.awaitSettled();
            return 0;
        }
    },
    /** A replica takes over in good order. */
    HANDOVER {
        @Override
        long strike(RedisCluster cluster, Random random) {
            int primary = two(cluster, random).get(0);
            cluster.failOver(cluster.replicasOf(primary).get(0));
            return 0;
        }
    },
    /** A primary dies; its replica has what it had, but for the last moment. */
    FAILOVER {
        @Override
        long strike(RedisCluster cluster, Random random) {
            return killAndReplace(cluster, two(cluster, random).get(0));
        }
    },
    /** A primary dies after its replica was cut off from it: what was applied since then is lost. */
    LOSSY_FAILOVER {
        @Override
        long strike(RedisCluster cluster, Random random) {
            int primary = two(cluster, random).get(0);
            cluster.cutOff(primary);
            Moments.pass(UNREPLICATED);
            return killAndReplace(cluster, primary);
        }
    },
    /**
     * Slots move away from a primary, with the one where its marker stands; then others move to it while it is cut off from
     * its replica, and it dies with their keys. Not the other way round: what moves away unheard by the replica stands there
     * again when the slot comes back, whoever uses the cluster.
     */
    LOSSY_RESHARDING {
        @Override
        long strike(RedisCluster cluster, Random random) {
            List<Integer> two = two(cluster, random);
            move(cluster, two.get(0), two.get(1), SLOTS / 2);
            cluster.awaitSettled();
            Moments.pass(REPLICATED);
            cluster.cutOff(two.get(0));
            move(cluster, two.get(1), two.get(0), SLOTS / 2);
            return killAndReplace(cluster, two.get(0));
        }
    };

    static final int SLOTS = 600;
    static final Duration UNREPLICATED = Duration.ofSeconds(2);
    static final Duration REPLICATED = Duration.ofMillis(500);

    /**
     * Returns when it is over and the cluster is whole again.
     *
     * @return how many entries stood at the replica that took over and had not stood so at the primary that died
     */
    abstract long strike(RedisCluster cluster, Random random);

    private static List<Integer> two(RedisCluster cluster, Random random) {
        List<Integer> primaries = cluster.primaries();
        int first = random.nextInt(primaries.size());
        int second = (first + 1 + random.nextInt(primaries.size() - 1)) % primaries.size();
        return List.of(primaries.get(first), primaries.get(second));
    }

    /** The first slots that the one has; fewer where they do not stand in a row. */
    private static int move(RedisCluster cluster, int from, int to, int slots) {
        BitSet owned = cluster.slotsOf(from);
        int first = owned.nextSetBit(0);
        int last = Math.min(first + slots, owned.nextClearBit(first)) - 1;
        cluster.moveSlots(from, to, first, last);
        return first;
    }

    static long killAndReplace(RedisCluster cluster, int primary) {
        int slot = cluster.slotsOf(primary).nextSetBit(0);
        int replica = cluster.replicasOf(primary).get(0);
        long old = old(cluster, primary, replica);
        cluster.kill(primary);
        cluster.awaitPromotion(primary, slot);
        cluster.node(primary).start();
        cluster.awaitSettled();
        return old;
    }

    /** How many entries stand at the replica and not so at its primary. */
    static long old(RedisCluster cluster, int primary, int replica) {
        Map<String, String> here = entries(cluster, replica);
        Map<String, String> there = entries(cluster, primary);
        return here.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(there.get(entry.getKey())))
                .count();
    }

    private static Map<String, String> entries(RedisCluster cluster, int node) {
        try (RedisClient client = RedisClient.create(cluster.node(node).url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisClusterCommands<String, String> redis = connection.sync();
            redis.readOnly();
            Map<String, String> entries = new HashMap<>();
            for (String key : redis.keys("*")) {
                if (!key.startsWith("freshet:") && redis.type(key).equals("string")) {
                    entries.put(key, String.valueOf(redis.get(key)));
                }
            }
            return entries;
        }
    }
}
