package dev.freshet.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The servers of a cluster, by index: commands to each, and what each says of the others. Thread-safe. */
final class ClusterNodes {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 20;

    private final List<RedisServer> servers;
    private final List<String> ids;

    ClusterNodes(List<RedisServer> servers) {
        this.servers = List.copyOf(servers);
        this.ids = IntStream.range(0, servers.size())
                .mapToObj(node -> ask(node, "CLUSTER", "MYID"))
                .toList();
    }

    int size() {
        return servers.size();
    }

    RedisServer server(int node) {
        return servers.get(node);
    }

    String id(int node) {
        return ids.get(node);
    }

    /** Those whose process runs. */
    List<Integer> living() {
        return IntStream.range(0, size())
                .filter(node -> server(node).pid() != 0)
                .boxed()
                .toList();
    }

    /** As the first living one sees them all. */
    List<ClusterNode> seen() {
        return seenBy(living().get(0));
    }

    List<ClusterNode> seenBy(int node) {
        return ClusterNode.parse(ask(node, "CLUSTER", "NODES"));
    }

    int index(ClusterNode seen) {
        return ids.indexOf(seen.id());
    }

    String ask(int node, String... command) {
        try (RespConnection connection = new RespConnection(server(node).port())) {
            return connection.text(command);
        } catch (IOException e) {
            throw new StackException("node " + node + " does not answer", e);
        }
    }

    List<String> list(int node, String... command) {
        try (RespConnection connection = new RespConnection(server(node).port())) {
            return connection.texts(command);
        } catch (IOException e) {
            throw new StackException("node " + node + " does not answer", e);
        }
    }

    /** Whether every node knows all others. */
    boolean acquainted() {
        return IntStream.range(0, size())
                .mapToObj(this::seenBy)
                .allMatch(seen -> seen.size() == size() && seen.stream().allMatch(ClusterNode::isWell));
    }

    /** Whether the living nodes find the cluster well, agree on who owns and follows whom, and all that follow keep up. */
    boolean settled() {
        List<Integer> living = living();
        return living.stream().allMatch(node -> well(node, living))
                && living.stream().map(node -> roles(node, living)).distinct().count() == 1;
    }

    private boolean well(int node, List<Integer> living) {
        String info = ask(node, "CLUSTER", "INFO");
        String replication = ask(node, "INFO", "replication");
        boolean follows = replication.contains("role:slave");
        List<ClusterNode> seen = seenBy(node);
        return info.contains("cluster_state:ok")
                && info.contains("cluster_slots_ok:" + RedisCluster.SLOTS)
                && (!follows || replication.contains("master_link_status:up"))
                && seen.stream().filter(one -> living.contains(index(one))).allMatch(ClusterNode::isWell)
                && seen.stream().filter(one -> one.id().equals(id(node))).allMatch(self -> self.isPrimary() != follows);
    }

    private List<String> roles(int node, List<Integer> living) {
        return seenBy(node).stream()
                .filter(one -> living.contains(index(one)))
                .map(one -> one.id() + one.primaryId() + one.slots())
                .sorted()
                .toList();
    }

    /** Whether every living node knows who owns these slots. */
    boolean agreed(BitSet slots, int owner) {
        return living().stream()
                .allMatch(node -> seenBy(node).stream()
                        .filter(one -> one.id().equals(id(owner)))
                        .allMatch(one -> {
                            BitSet missing = (BitSet) slots.clone();
                            missing.andNot(one.slots());
                            return missing.isEmpty();
                        }));
    }

    /** Returns when it holds; a node that does not answer meanwhile may answer later. */
    void until(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holdsNow(holds)) {
            if (System.nanoTime() > deadline) {
                throw new StackException("after " + PATIENCE.toSeconds() + " s not so: " + what + "; what nodes see:\n"
                        + living().stream()
                                .map(node -> ask(node, "CLUSTER", "NODES"))
                                .collect(Collectors.joining("\n")));
            }
            Termination.pause(POLL_MILLIS);
        }
    }

    private static boolean holdsNow(BooleanSupplier holds) {
        try {
            return holds.getAsBoolean();
        } catch (StackException notYet) {
            return false;
        }
    }
}
