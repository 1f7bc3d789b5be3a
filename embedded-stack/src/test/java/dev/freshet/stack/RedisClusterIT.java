package dev.freshet.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
class RedisClusterIT {

    /** Of slot 12182, which is the third primary's. */
    private static final String KEY = "foo";

    private static final int SLOT = 12182;

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, 1);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static String ask(int node, String command) throws IOException {
        return Clients.redis(cluster.node(node), command);
    }

    @Test
    void everySlotHasAPrimaryAndThatAReplica() {
        assertThat(cluster.primaries()).hasSize(3);
        assertThat(cluster.primaries().stream()
                        .mapToInt(node -> cluster.slotsOf(node).cardinality())
                        .sum())
                .isEqualTo(RedisCluster.SLOTS);
        assertThat(cluster.primaries())
                .allSatisfy(node -> assertThat(cluster.replicasOf(node)).hasSize(1));
    }

    @Test
    void aSlotMovesWithItsKeys() throws IOException {
        int from = cluster.primaryOf(SLOT);
        int to = cluster.primaries().stream()
                .filter(node -> node != from)
                .findFirst()
                .orElseThrow();
        ask(from, "MSET {foo}1 one {foo}2 two");

        OpenSlot open = cluster.openSlot(SLOT, from, to);
        open.move(List.of("{foo}1"));
        assertThat(ask(from, "MGET {foo}1 {foo}2")).startsWith("-TRYAGAIN");
        assertThat(ask(from, "GET {foo}1")).startsWith("-ASK");
        open.finish();
        cluster.awaitSettled();

        assertThat(cluster.primaryOf(SLOT)).isEqualTo(to);
        assertThat(ask(to, "MGET {foo}1 {foo}2")).contains("one", "two");
        assertThat(ask(from, "GET " + KEY)).startsWith("-MOVED " + SLOT);

        cluster.moveSlots(to, from, SLOT, SLOT);
        assertThat(cluster.primaryOf(SLOT)).isEqualTo(from);
    }

    @Test
    void aFailoverKeepsWhatWasReplicatedAndLosesWhatWasNot() throws IOException {
        int first = cluster.primaryOf(SLOT);
        int replica = cluster.replicasOf(first).get(0);
        ask(first, "SET " + KEY + " kept");
        cluster.failOver(replica);
        assertThat(ask(replica, "GET " + KEY)).contains("kept");

        cluster.cutOff(replica);
        ask(replica, "SET " + KEY + " lost");
        cluster.kill(replica);
        int promoted = cluster.awaitPromotion(replica, SLOT);

        assertThat(promoted).isEqualTo(first);
        assertThat(ask(promoted, "GET " + KEY)).contains("kept");
        cluster.node(replica).start();
        cluster.awaitSettled();
        assertThat(cluster.replicasOf(promoted)).contains(replica);
    }
}
