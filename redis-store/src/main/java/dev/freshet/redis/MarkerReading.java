package dev.freshet.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A cluster's markers of one pipeline, by the slot of their anchors, as somebody read them and has moved them on since: what
 * stands at each, and on which server. Thread-safe.
 */
final class MarkerReading {

    /** The anchor that one primary has in any case, and that tells the others. */
    static final int FIRST_LOOK = SlotTag.SLOTS - 1;

    /** The field that lists the anchors of all markers. */
    static final String ANCHORS = "anchors";

    /** The field that tells which servers held all that readers had filed under tags. */
    static final String SERVERS = "servers";

    /**
     * What stands at an anchor.
     *
     * @param owner the id of the primary that owns its slot
     * @param marker what it is to hold; its server is the owner's
     */
    private record Held(String owner, Marker marker) {}

    private final Map<Integer, Held> held = new TreeMap<>();
    /** Anchors that the list names from now on, and that have no marker yet. */
    private final Map<Integer, Held> planned = new TreeMap<>();

    private final Set<Integer> surplus = new TreeSet<>();
    private final Map<String, String> servers = new HashMap<>();
    private ClusterShape shape;
    private boolean filingsKept;

    /**
     * As it was read.
     *
     * @param running which server each primary is, by its id; a marker in an open slot may have answered from another
     * @param markers what was read at the anchors, also where nothing stood
     */
    MarkerReading(ClusterShape shape, Map<String, String> running, Map<Integer, Marker> markers) {
        this.shape = shape;
        this.servers.putAll(running);
        markers.forEach((slot, marker) -> {
            String owner = shape.owner(slot).id();
            held.put(slot, new Held(owner, new Marker(running.getOrDefault(owner, ""), marker.fields())));
        });
        this.filingsKept = servers()
                .equals(markers.getOrDefault(FIRST_LOOK, new Marker("", Map.of()))
                        .fields()
                        .get(SERVERS));
    }

    private String servers() {
        return servers.entrySet().stream()
                .filter(server -> shape.primary(server.getKey())
                        .filter(primary -> !primary.slots().isEmpty())
                        .isPresent())
                .map(Map.Entry::getValue)
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** Whether each primary is the server that it was when somebody last said that no filing is lost. */
    synchronized boolean filingsKept() {
        return filingsKept;
    }

    /** What readers had filed before, on another server, is gone with all that it was for. */
    synchronized void keepFilings() {
        filingsKept = true;
    }

    /** The anchors that a marker lists. */
    static Set<Integer> listed(Map<String, String> fields) {
        Set<Integer> slots = new TreeSet<>();
        for (String slot : fields.getOrDefault(ANCHORS, "").split(",", -1)) {
            if (slot.matches("[0-9]{1,5}") && Integer.parseInt(slot) < SlotTag.SLOTS) {
                slots.add(Integer.parseInt(slot));
            }
        }
        return slots;
    }

    /**
     * What all markers say together: of a place the lowest offset, of anything else what all agree on. Each of them tells only
     * of what its own primary holds.
     */
    static Map<String, String> together(List<Map<String, String>> markers) {
        Map<String, String> all = new HashMap<>(markers.get(0));
        for (Map<String, String> marker : markers) {
            all.replaceAll((field, value) -> lower(value, marker.getOrDefault(field, "")));
            all.values().removeIf(String::isEmpty);
        }
        all.remove(ANCHORS);
        all.remove(SERVERS);
        return all;
    }

    private static String lower(String one, String other) {
        if (one.equals(other)) {
            return one;
        }
        int end = one.lastIndexOf(':') + 1;
        boolean places = end > 0
                && other.startsWith(one.substring(0, end))
                && offset(one, end).isPresent()
                && offset(other, end).isPresent();
        return !places
                ? ""
                : offset(one, end).orElseThrow() < offset(other, end).orElseThrow() ? one : other;
    }

    private static Optional<Long> offset(String place, int from) {
        String digits = place.substring(from);
        return digits.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }

    synchronized Set<Integer> anchors() {
        return new TreeSet<>(held.keySet());
    }

    synchronized Set<Integer> planned() {
        return new TreeSet<>(planned.keySet());
    }

    synchronized ClusterShape shape() {
        return shape;
    }

    /** What is expected at an anchor, planned or not. */
    synchronized Marker expected(int slot) {
        return Objects.requireNonNull(held.containsKey(slot) ? held.get(slot) : planned.get(slot))
                .marker();
    }

    /** What every marker is to hold beside its user's fields. */
    synchronized Map<String, String> ownFields() {
        Set<Integer> all = new TreeSet<>(held.keySet());
        all.addAll(planned.keySet());
        Map<String, String> fields = new HashMap<>();
        fields.put(ANCHORS, all.stream().map(String::valueOf).collect(Collectors.joining(",")));
        if (filingsKept) {
            fields.put(SERVERS, servers());
        }
        return fields;
    }

    /** The fields stand there now. */
    synchronized void moved(int slot, Map<String, String> fields) {
        Held before = Objects.requireNonNull(held.containsKey(slot) ? held.get(slot) : planned.get(slot));
        Map<String, String> now = new HashMap<>(before.marker().fields());
        now.putAll(fields);
        now.values().removeIf(String::isEmpty);
        planned.remove(slot);
        held.put(slot, new Held(before.owner(), new Marker(before.marker().server(), now)));
    }

    /** Whether slots have changed hands so that markers are to be looked for elsewhere, begun or given up. */
    synchronized boolean isOutdatedBy(ClusterShape now) {
        boolean changed = held.entrySet().stream()
                        .anyMatch(one -> !now.owner(one.getKey())
                                .id()
                                .equals(one.getValue().owner()))
                || !now.owners().stream()
                        .map(ClusterShape.Primary::anchor)
                        .collect(Collectors.toSet())
                        .equals(held.keySet());
        if (!changed) {
            shape = now;
        }
        return changed;
    }

    /**
     * Follows slots to where they are now. A slot has moved, with all that stands in it, where its old owner still is the
     * server that it was; else that one's replica may have taken over with less.
     *
     * @param running which server each primary is now, by the primary's id
     * @param refused the anchors whose marker or server is other than expected
     * @param found the markers that stand and are listed now; another writer may have begun some
     * @return false where writes may be lost
     */
    synchronized boolean follow(
            ClusterShape now, Map<String, String> running, Set<Integer> refused, Map<Integer, Marker> found) {
        boolean known = running.entrySet().stream()
                .allMatch(server ->
                        servers.getOrDefault(server.getKey(), server.getValue()).equals(server.getValue()));
        if (!known) {
            return false;
        }
        // Another writer has left out what is not needed any more.
        held.keySet()
                .removeIf(slot ->
                        !found.containsKey(slot) && found.keySet().stream().anyMatch(now.owner(slot)::owns));
        for (Map.Entry<Integer, Held> one : held.entrySet()) {
            Held before = one.getValue();
            String owner = now.owner(one.getKey()).id();
            boolean moved = !owner.equals(before.owner());
            if (moved ? !running.containsKey(before.owner()) : refused.contains(one.getKey())) {
                return false;
            }
            Map<String, String> fields = new HashMap<>(before.marker().fields());
            Optional.ofNullable(found.get(one.getKey()))
                    .ifPresent(marker -> List.of(ANCHORS, SERVERS)
                            .forEach(own -> fields.put(own, marker.fields().getOrDefault(own, ""))));
            one.setValue(new Held(owner, new Marker(running.getOrDefault(owner, ""), fields)));
        }
        planned.clear();
        for (ClusterShape.Primary owner : now.owners()) {
            String server = running.getOrDefault(owner.id(), "");
            Marker marker = found.get(owner.anchor());
            if (marker != null) {
                held.putIfAbsent(owner.anchor(), new Held(owner.id(), new Marker(server, marker.fields())));
            } else if (!held.containsKey(owner.anchor())) {
                planned.put(owner.anchor(), new Held(owner.id(), new Marker(server, Map.of())));
            }
        }
        servers.clear();
        servers.putAll(running);
        shape = now;
        leaveOut();
        return true;
    }

    /** Of a primary with several, the one at its anchor is enough, once it is there. */
    private void leaveOut() {
        Set<Integer> needed =
                shape.owners().stream().map(ClusterShape.Primary::anchor).collect(Collectors.toSet());
        Set<Integer> unneeded = held.keySet().stream()
                .filter(slot -> !needed.contains(slot)
                        && held.containsKey(shape.owner(slot).anchor()))
                .collect(Collectors.toSet());
        held.keySet().removeAll(unneeded);
        surplus.addAll(unneeded);
        surplus.removeAll(held.keySet());
        surplus.removeAll(planned.keySet());
    }

    /** Anchors that no list names any more; told once. */
    synchronized Set<Integer> takeSurplus() {
        Set<Integer> taken = new TreeSet<>(surplus);
        surplus.clear();
        return taken;
    }
}
