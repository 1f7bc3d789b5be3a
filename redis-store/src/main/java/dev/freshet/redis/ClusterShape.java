package dev.freshet.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Which primary of a cluster owns which slots, as each of them says of itself: what others say may be old, and only the two
 * that are concerned tell of a slot that is open. Immutable.
 *
 * @param primaries those that own slots, and others that may hold keys of an open one
 */
record ClusterShape(List<Primary> primaries) {

    /** While a slot changes hands, or after a failover, the primaries differ for moments. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int ATTEMPTS = 30;

    /**
     * A primary.
     *
     * @param id the cluster's name of it
     * @param epoch of its slots: another after it took some over
     * @param giving slots that it is giving away, with the id of the node that is to own them
     */
    record Primary(
            String id,
            String host,
            int port,
            long epoch,
            BitSet slots,
            Map<Integer, String> giving,
            StatefulRedisConnection<byte[], byte[]> connection) {

        String address() {
            return host + ":" + port;
        }

        RedisClusterAsyncCommands<byte[], byte[]> commands() {
            return connection.async();
        }

        boolean owns(int slot) {
            return slots.get(slot);
        }

        /** Its highest slot, since who moves some begins with the lowest; -1 for none. */
        int anchor() {
            return slots.length() - 1;
        }

        private boolean isAs(Primary other) {
            return id.equals(other.id) && epoch == other.epoch && slots.equals(other.slots);
        }
    }

    /** Asks the primaries; fails with {@link CacheUnavailableException} where they do not agree on all slots in time. */
    static CompletionStage<ClusterShape> look(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return look(Connector.clusterOf(redis), ATTEMPTS);
    }

    private static CompletionStage<ClusterShape> look(
            StatefulRedisClusterConnection<byte[], byte[]> cluster, int attempts) {
        return lookOnce(cluster).thenCompose(shape -> {
            Optional<String> doubt = shape.doubt();
            if (doubt.isEmpty()) {
                return CompletableFuture.completedStage(shape);
            } else if (attempts == 1) {
                return CompletableFuture.failedStage(new CacheUnavailableException(
                        "the primaries of the Redis Cluster do not agree: " + doubt.get(),
                        new RedisException("given up")));
            }
            return TryAgain.after(PAUSE).thenCompose(now -> look(cluster, attempts - 1));
        });
    }

    private static CompletionStage<ClusterShape> lookOnce(StatefulRedisClusterConnection<byte[], byte[]> cluster) {
        return cluster.async().clusterNodes().thenCompose(nodes -> {
            List<CompletableFuture<Optional<Primary>>> asked = new ArrayList<>();
            for (RedisClusterNode node : ClusterPartitionParser.parse(nodes)) {
                if (mayHoldKeys(node)) {
                    String host = node.getUri().getHost();
                    int port = node.getUri().getPort();
                    asked.add(cluster.getConnectionAsync(host, port)
                            .thenCompose(connection -> connection
                                    .async()
                                    .clusterNodes()
                                    .thenApply(own -> primary(own, host, port, connection))));
                }
            }
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .thenApply(all -> new ClusterShape(asked.stream()
                            .map(CompletableFuture::join)
                            .flatMap(Optional::stream)
                            .toList()));
        });
    }

    private static boolean mayHoldKeys(RedisClusterNode node) {
        boolean away = node.is(NodeFlag.FAIL) || node.is(NodeFlag.NOADDR) || node.is(NodeFlag.HANDSHAKE);
        return node.is(NodeFlag.UPSTREAM) && node.getUri() != null && (!node.hasNoSlots() || !away);
    }

    /** What a node says of itself; empty where it has become a replica. */
    private static Optional<Primary> primary(
            String nodes, String host, int port, StatefulRedisConnection<byte[], byte[]> connection) {
        return nodes.lines()
                .map(line -> Arrays.asList(line.split(" ", -1)))
                .filter(words -> words.size() > 7 && flags(words).containsAll(Set.of("myself", "master")))
                .findFirst()
                .map(words -> primary(words, host, port, connection));
    }

    private static Set<String> flags(List<String> words) {
        return Set.of(words.get(2).split(",", -1));
    }

    private static Primary primary(
            List<String> words, String host, int port, StatefulRedisConnection<byte[], byte[]> connection) {
        BitSet slots = new BitSet(SlotTag.SLOTS);
        Map<Integer, String> giving = new HashMap<>();
        for (String word : words.subList(8, words.size())) {
            int arrow = word.indexOf("->-");
            if (arrow > 0) {
                giving.put(Integer.parseInt(word.substring(1, arrow)), word.substring(arrow + 3, word.length() - 1));
            } else if (!word.startsWith("[")) {
                String[] ends = word.split("-", -1);
                slots.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return new Primary(words.get(0), host, port, Long.parseLong(words.get(6)), slots, giving, connection);
    }

    /** A slot that has no owner or two, or is given to a node that is not known here; for people. */
    private Optional<String> doubt() {
        BitSet owned = new BitSet(SlotTag.SLOTS);
        for (Primary primary : primaries) {
            BitSet twice = (BitSet) primary.slots.clone();
            twice.and(owned);
            if (!twice.isEmpty()) {
                return Optional.of("slot " + twice.nextSetBit(0) + " has two owners");
            }
            owned.or(primary.slots);
        }
        if (owned.cardinality() < SlotTag.SLOTS) {
            return Optional.of("slot " + owned.nextClearBit(0) + " has no owner");
        }
        Set<String> known = primaries.stream().map(Primary::id).collect(Collectors.toSet());
        return primaries.stream()
                .flatMap(primary -> primary.giving.entrySet().stream())
                .filter(slot -> !known.contains(slot.getValue()))
                .findFirst()
                .map(slot -> "slot " + slot.getKey() + " is being given to " + slot.getValue());
    }

    /** Those that own slots, the lowest first. */
    List<Primary> owners() {
        return primaries.stream()
                .filter(primary -> !primary.slots.isEmpty())
                .sorted((one, other) -> Integer.compare(one.anchor(), other.anchor()))
                .toList();
    }

    /** Whether all primaries can be asked over the connections of that moment. */
    boolean isConnected() {
        return primaries.stream().allMatch(primary -> primary.connection.isOpen());
    }

    Primary owner(int slot) {
        return primaries.stream()
                .filter(primary -> primary.owns(slot))
                .findFirst()
                .orElseThrow();
    }

    /** Whether the slot's keys are on their way to another owner. */
    boolean isOpen(int slot) {
        return owner(slot).giving.containsKey(slot);
    }

    Optional<Primary> primary(String id) {
        return primaries.stream().filter(primary -> primary.id.equals(id)).findFirst();
    }

    /** Whether nothing moves, and nothing has moved since the other one. */
    boolean isStillAs(ClusterShape before) {
        return isClosed()
                && before.isClosed()
                && primaries.size() == before.primaries.size()
                && primaries.stream()
                        .allMatch(primary ->
                                before.primary(primary.id).filter(primary::isAs).isPresent());
    }

    private boolean isClosed() {
        return primaries.stream().allMatch(primary -> primary.giving.isEmpty());
    }

    /** Whether, as far as these looks in their order tell, no key has moved more than once between the first and the last. */
    static boolean eachKeyMovedOnceAtMost(List<ClusterShape> looks) {
        List<Map<Integer, Primary>> owners =
                looks.stream().map(ClusterShape::bySlot).toList();
        for (int slot = 0; slot < SlotTag.SLOTS; slot++) {
            if (!movedOnceAtMost(slot, owners)) {
                return false;
            }
        }
        return true;
    }

    private Map<Integer, Primary> bySlot() {
        Map<Integer, Primary> bySlot = new HashMap<>();
        primaries.forEach(primary -> primary.slots.stream().forEach(slot -> bySlot.put(slot, primary)));
        return bySlot;
    }

    /** From one node to one other: at rest, then open, then at rest there. */
    private static boolean movedOnceAtMost(int slot, List<Map<Integer, Primary>> owners) {
        String from = Optional.ofNullable(owners.get(0).get(slot)).orElseThrow().id;
        String to = "";
        int reached = 0;
        for (Map<Integer, Primary> look : owners) {
            Primary owner = Optional.ofNullable(look.get(slot)).orElseThrow();
            String next = owner.giving.getOrDefault(slot, "");
            boolean moved = !owner.id.equals(from);
            String other = moved ? owner.id : next;
            int stage = moved ? 2 : next.isEmpty() ? 0 : 1;
            if (stage < reached
                    || (moved && !next.isEmpty())
                    || (!other.isEmpty() && !to.isEmpty() && !to.equals(other))) {
                return false;
            }
            reached = stage;
            to = other.isEmpty() ? to : other;
        }
        return true;
    }
}
