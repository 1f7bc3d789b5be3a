package dev.freshet.stack;

import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * A node as another one sees it: a line of {@code CLUSTER NODES}.
 *
 * @param primaryId of the node that it follows; {@code -} for a primary
 * @param slots those that it owns
 */
record ClusterNode(String id, int port, Set<String> flags, String primaryId, BitSet slots) {

    static List<ClusterNode> parse(String nodes) {
        return nodes.lines()
                .filter(line -> !line.isBlank())
                .map(ClusterNode::line)
                .toList();
    }

    private static ClusterNode line(String line) {
        String[] words = line.strip().split(" ", -1);
        String address = words[1].substring(0, words[1].indexOf('@'));
        BitSet slots = new BitSet();
        for (int i = 8; i < words.length; i++) {
            // One in brackets is on its way.
            if (!words[i].startsWith("[")) {
                String[] range = words[i].split("-", 2);
                slots.set(Integer.parseInt(range[0]), Integer.parseInt(range[range.length - 1]) + 1);
            }
        }
        return new ClusterNode(
                words[0],
                Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
                Set.of(words[2].split(",")),
                words[3],
                slots);
    }

    boolean isPrimary() {
        return flags.contains("master");
    }

    boolean isWell() {
        return !flags.contains("fail") && !flags.contains("fail?") && !flags.contains("handshake");
    }
}
