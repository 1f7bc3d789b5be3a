package dev.freshet.system.reads;

import dev.freshet.system.reads.Shop.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What was written: each item's places in the order of their versions, and what each transaction made of which item. Told
 * before the commit is sent, so that nothing can be read that is not known here. Thread-safe; an item is changed by one
 * thread at a time, from before the change until the commit has returned.
 */
final class History {

    private final Map<String, List<Place>> places = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, Place>> transactions = new ConcurrentHashMap<>();

    History(Map<String, Place> beginning) {
        beginning.forEach((item, place) -> places.put(item, new CopyOnWriteArrayList<>(List.of(place))));
    }

    void commits(long transaction, Map<String, Place> changes) {
        transactions.put(transaction, Map.copyOf(changes));
        changes.forEach((item, place) -> of(item).add(place));
    }

    /** Empty where the transaction is none of ours. */
    Map<String, Place> changesOf(long transaction) {
        return transactions.getOrDefault(transaction, Map.of());
    }

    Place newest(String item) {
        List<Place> all = of(item);
        return all.get(all.size() - 1);
    }

    Optional<Place> at(String item, long version) {
        List<Place> all = of(item);
        int index = (int) (version - all.get(0).version());
        return index >= 0 && index < all.size() ? Optional.of(all.get(index)) : Optional.empty();
    }

    /** The newest version at which the item was not in the key's value; -1 where it always was. */
    long newestOutside(String key, String item) {
        List<Place> all = of(item);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (!Shop.holds(key, item, all.get(i))) {
                return all.get(i).version();
            }
        }
        return -1;
    }

    private List<Place> of(String item) {
        List<Place> all = places.get(item);
        if (all == null) {
            throw new IllegalArgumentException("no such item: " + item);
        }
        return all;
    }
}
