package dev.freshet.stack;

import java.util.ArrayList;
import java.util.List;

/** A slot on its way from one primary of a {@link RedisCluster} to another. Confined to one thread. */
public final class OpenSlot {

    private static final int KEYS_AT_ONCE = 20;
    private static final String LIMIT_MILLIS = "10000";

    private final ClusterNodes nodes;
    private final int slot;
    private final int from;
    private final int to;

    private OpenSlot(ClusterNodes nodes, int slot, int from, int to) {
        this.nodes = nodes;
        this.slot = slot;
        this.from = from;
        this.to = to;
    }

    static OpenSlot open(ClusterNodes nodes, int slot, int from, int to) {
        // In this order: a key that is asked for at its new owner must be welcome there.
        nodes.ask(to, "CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", nodes.id(from));
        nodes.ask(from, "CLUSTER", "SETSLOT", Integer.toString(slot), "MIGRATING", nodes.id(to));
        return new OpenSlot(nodes, slot, from, to);
    }

    /** Moves these keys, those of them that are there. */
    public void move(List<String> keys) {
        List<String> command = new ArrayList<>(List.of("MIGRATE", Ports.HOST));
        command.add(Integer.toString(nodes.server(to).port()));
        command.addAll(List.of("", "0", LIMIT_MILLIS, "KEYS"));
        command.addAll(keys);
        nodes.ask(from, command.toArray(String[]::new));
    }

    /** Moves a few of the keys that are left, and tells which; none when all have moved. */
    public List<String> moveSome(int atMost) {
        List<String> keys =
                nodes.list(from, "CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), Integer.toString(atMost));
        if (!keys.isEmpty()) {
            move(keys);
        }
        return keys;
    }

    /** Moves what is left, and gives the slot to its new owner; replicas and nodes that are away hear of it from others. */
    public void finish() {
        List<String> moved = moveSome(KEYS_AT_ONCE);
        while (!moved.isEmpty()) {
            // It ends: no new key is made at the old owner.
            moved = moveSome(KEYS_AT_ONCE);
        }
        assign(to);
        assign(from);
        List<Integer> living = nodes.living();
        nodes.seen().stream()
                .filter(ClusterNode::isPrimary)
                .map(nodes::index)
                .filter(node -> node != to && node != from && living.contains(node))
                .forEach(this::assign);
    }

    private void assign(int node) {
        nodes.ask(node, "CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", nodes.id(to));
    }
}
