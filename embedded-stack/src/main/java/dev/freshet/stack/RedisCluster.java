package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Redis Cluster of embedded servers, for tests that move slots and let primaries die. The primaries are the nodes
 * {@code 0 .. primaries - 1}, with equal shares of all slots in that order; their replicas are the nodes after them, in the
 * same order, round by round. Failovers change who is what, not the nodes' numbers.
 *
 * <p>What a node acknowledged survives its death, and so do users saved by {@code ACL SAVE}. Thread-safe beside any load of
 * commands, but one arrangement (moving slots, a failover) at a time. Failures are {@link StackException}s.
 */
public final class RedisCluster implements AutoCloseable {

    public static final int SLOTS = 16384;

    /** As whom replicas follow: a user of its own, so that it can be shut out. */
    private static final String FOLLOWER = "follower";

    private static final String USERS =
            "user default on nopass ~* &* +@all\nuser " + FOLLOWER + " on >follows +psync +replconf +ping\n";

    private final Path users;
    private final List<EmbeddedStack> stacks;
    private final ClusterNodes nodes;

    private RedisCluster(Path users, List<EmbeddedStack> stacks, ClusterNodes nodes) {
        this.users = users;
        this.stacks = stacks;
        this.nodes = nodes;
    }

    /** Starts a cluster; returns when every node finds it well, knows all others, and each replica follows. */
    public static RedisCluster start(int primaries, int replicasEach) {
        return start(primaries, replicasEach, List.of());
    }

    /**
     * The same with arguments for every server that outrank those here, as {@code "--cluster-node-timeout", "500"}.
     *
     * @param primaries at least three: a majority of them has to agree on a failover
     */
    public static RedisCluster start(int primaries, int replicasEach, List<String> args) {
        if (primaries < 3 || replicasEach < 0) {
            throw new IllegalArgumentException(
                    "a cluster has 3 primaries or more, not " + primaries + " with " + replicasEach + " replicas each");
        }
        if (System.getProperty("freshet.stack", "embedded").equals("containers")) {
            throw new StackException("a Redis Cluster runs on embedded servers alone: leave -Dfreshet.stack out");
        }
        Path users = temporary();
        List<EmbeddedStack> stacks = new ArrayList<>();
        try {
            for (int i = 0; i < primaries * (1 + replicasEach); i++) {
                stacks.add(server(users.resolve(i + ".acl"), args));
            }
            ClusterNodes nodes =
                    new ClusterNodes(stacks.stream().map(EmbeddedStack::redis).toList());
            arrange(nodes, primaries);
            return new RedisCluster(users, stacks, nodes);
        } catch (RuntimeException e) {
            stacks.forEach(EmbeddedStack::close);
            Directories.delete(users);
            throw e;
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("freshet-cluster-");
        } catch (IOException e) {
            throw new StackException("no directory can be made in " + System.getProperty("java.io.tmpdir"), e);
        }
    }

    private static EmbeddedStack server(Path users, List<String> chosen) {
        Directories.write(users, USERS);
        List<String> args = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-announce-ip", Ports.HOST));
        args.addAll(List.of("--cluster-node-timeout", "2000", "--cluster-replica-validity-factor", "0"));
        args.addAll(List.of("--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0"));
        args.addAll(List.of("--aclfile", users.toString(), "--masteruser", FOLLOWER, "--masterauth", "follows"));
        args.addAll(chosen);
        return EmbeddedStack.builder().redis(args).start();
    }

    private static void arrange(ClusterNodes nodes, int primaries) {
        for (int i = 0; i < primaries; i++) {
            // With equal epochs they would first have to agree on others.
            nodes.ask(i, "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            String first = Integer.toString(SLOTS * i / primaries);
            nodes.ask(i, "CLUSTER", "ADDSLOTSRANGE", first, Integer.toString(SLOTS * (i + 1) / primaries - 1));
        }
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = i + 1; j < nodes.size(); j++) {
                nodes.ask(
                        i,
                        "CLUSTER",
                        "MEET",
                        Ports.HOST,
                        Integer.toString(nodes.server(j).port()));
            }
        }
        nodes.until("all nodes know each other", nodes::acquainted);
        for (int i = primaries; i < nodes.size(); i++) {
            nodes.ask(i, "CLUSTER", "REPLICATE", nodes.id(i % primaries));
        }
        nodes.until("the cluster is well", nodes::settled);
    }

    /** All nodes as a client names them: {@code redis+cluster://127.0.0.1:port,127.0.0.1:port…}. */
    public String url() {
        return nodes().stream().map(RedisServer::address).collect(Collectors.joining(",", "redis+cluster://", ""));
    }

    public List<RedisServer> nodes() {
        return IntStream.range(0, nodes.size()).mapToObj(nodes::server).toList();
    }

    public RedisServer node(int node) {
        return nodes.server(node);
    }

    /** As the cluster names it. */
    public String id(int node) {
        return nodes.id(node);
    }

    /** The node that owns the slot, as the first living one sees it; a dead one owns its slots until it is replaced. */
    public int primaryOf(int slot) {
        return select(seen -> seen.isPrimary() && seen.slots().get(slot)).stream()
                .findFirst()
                .orElseThrow(() -> new StackException("nobody owns slot " + slot));
    }

    /** The nodes that own slots now. */
    public List<Integer> primaries() {
        return select(seen -> seen.isPrimary() && !seen.slots().isEmpty());
    }

    /** The nodes that follow a node now and are well. */
    public List<Integer> replicasOf(int node) {
        return select(seen -> seen.primaryId().equals(id(node)) && seen.isWell());
    }

    private List<Integer> select(Predicate<ClusterNode> wanted) {
        return nodes.seen().stream().filter(wanted).map(nodes::index).sorted().toList();
    }

    /** The slots that a node owns now. */
    public BitSet slotsOf(int node) {
        return nodes.seen().stream()
                .filter(seen -> seen.id().equals(id(node)))
                .findFirst()
                .map(ClusterNode::slots)
                .orElseGet(BitSet::new);
    }

    /**
     * Moves slots from one primary to another, slot by slot and key by key, as {@code redis-cli --cluster reshard} does;
     * returns when every living node knows.
     *
     * @param last the last one that is moved
     */
    public void moveSlots(int from, int to, int first, int last) {
        for (int slot = first; slot <= last; slot++) {
            openSlot(slot, from, to).finish();
        }
        BitSet moved = new BitSet();
        moved.set(first, last + 1);
        nodes.until("all nodes know who owns the moved slots", () -> nodes.agreed(moved, to));
    }

    /**
     * Begins to move a slot, no key of it yet. Until {@link OpenSlot#finish} a command on several keys of which some are
     * not where it was sent is answered by TRYAGAIN, and one on keys that are not at the old owner by ASK.
     */
    public OpenSlot openSlot(int slot, int from, int to) {
        return OpenSlot.open(nodes, slot, from, to);
    }

    /** Ends the replication from a primary to its replicas: what it applies from now on is lost with it. */
    public void cutOff(int primary) {
        nodes.ask(primary, "ACL", "SETUSER", FOLLOWER, "off");
        nodes.ask(primary, "CLIENT", "KILL", "TYPE", "replica");
    }

    /** Lets replicas follow it again. */
    public void reconnect(int primary) {
        nodes.ask(primary, "ACL", "SETUSER", FOLLOWER, "on");
    }

    /** Ends a node by SIGKILL; {@code node(n).start()} brings it back. */
    public void kill(int node) {
        node(node).kill();
    }

    /**
     * Returns when a replica has taken the place of a primary that was killed, and all living nodes find the cluster well.
     *
     * @param slot one that the dead node owned
     * @return the new primary
     */
    public int awaitPromotion(int killed, int slot) {
        nodes.until("a replica of node " + killed + " is promoted", () -> primaryOf(slot) != killed);
        awaitSettled();
        return primaryOf(slot);
    }

    /** Makes a replica the primary in good order, so that no write is lost; returns when all nodes know. */
    public void failOver(int replica) {
        nodes.ask(replica, "CLUSTER", "FAILOVER");
        nodes.until("node " + replica + " is a primary", () -> primaries().contains(replica));
        awaitSettled();
    }

    /** Returns when the living nodes find the cluster well, agree on who owns and follows whom, and replicas keep up. */
    public void awaitSettled() {
        nodes.until("the cluster is well", nodes::settled);
    }

    @Override
    public void close() {
        stacks.forEach(EmbeddedStack::close);
        Directories.delete(users);
    }
}
