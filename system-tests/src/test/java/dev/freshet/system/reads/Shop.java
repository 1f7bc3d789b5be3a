package dev.freshet.system.reads;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is soaked: books on shelves, and members by name. An <em>item</em> is a place where a row may be: a book's id or a
 * member's name. A key's value is a claim on items: those that it names, each with its version, are there, and no other
 * that would belong to the key. Pure functions.
 */
final class Shop {

    static final int BOOKS = 200;
    static final int SHELVES = 25;
    static final int MEMBERS = 80;

    static final String[] SCHEMA = {
        "CREATE TABLE book (id int PRIMARY KEY, shelf int NOT NULL, version bigint NOT NULL)",
        "CREATE TABLE member (number serial PRIMARY KEY, name text UNIQUE NOT NULL, version bigint NOT NULL)",
        "ALTER TABLE book REPLICA IDENTITY FULL",
        "ALTER TABLE member REPLICA IDENTITY FULL",
        "CREATE INDEX ON book (shelf)",
        "INSERT INTO book SELECT n, n % " + SHELVES + ", 1 FROM generate_series(0, " + (BOOKS - 1) + ", 2) n",
        "INSERT INTO member (name, version) SELECT 'm' || n, 1 FROM generate_series(0, " + (MEMBERS - 1) + ", 2) n"
    };

    private Shop() {}

    static Map<String, Object> caches() {
        return Map.of(
                "book", Map.of("table", "public.book", "key", "book:{id}"),
                "shelf", Map.of("table", "public.book", "key", "shelf:{shelf}"),
                "card",
                        Map.of(
                                "table", "public.book",
                                "key", "card:{id}",
                                "on-change", "refresh",
                                "value", Map.of("format", "json", "columns", List.of("id", "shelf", "version")),
                                "ttl", "1h"),
                "member", Map.of("table", "public.member", "key", "member:{name}"));
    }

    static String book(int id) {
        return "book/" + id;
    }

    static String member(int number) {
        return "member/m" + number;
    }

    /** Where the items begin: version 1 for a row that is there, 0 for none. */
    static Map<String, Place> beginning() {
        Map<String, Place> places = new LinkedHashMap<>();
        for (int id = 0; id < BOOKS; id++) {
            places.put(book(id), id % 2 == 0 ? Place.on(1, id % SHELVES) : Place.empty(0));
        }
        for (int number = 0; number < MEMBERS; number++) {
            places.put(member(number), number % 2 == 0 ? Place.on(1, 0) : Place.empty(0));
        }
        return places;
    }

    static List<String> keys() {
        return Stream.of(
                        IntStream.range(0, BOOKS).mapToObj(id -> "book:" + id),
                        IntStream.range(0, BOOKS).mapToObj(id -> "card:" + id),
                        IntStream.range(0, SHELVES).mapToObj(shelf -> "shelf:" + shelf),
                        IntStream.range(0, MEMBERS).mapToObj(number -> "member:m" + number))
                .flatMap(keys -> keys)
                .toList();
    }

    /** The keys that a change of this item invalidates. */
    static Set<String> keysOf(String item, Place before, Place after) {
        Set<String> keys = new TreeSet<>();
        String name = item.substring(item.indexOf('/') + 1);
        if (item.startsWith("member/")) {
            keys.add("member:" + name);
            return keys;
        }
        keys.add("book:" + name);
        keys.add("card:" + name);
        for (Place place : List.of(before, after)) {
            if (place.there()) {
                keys.add("shelf:" + place.shelf());
            }
        }
        return keys;
    }

    /** Whether what is in this place belongs into the key's value. */
    static boolean holds(String key, String item, Place place) {
        String name = key.substring(key.indexOf(':') + 1);
        if (key.startsWith("shelf:")) {
            return item.startsWith("book/")
                    && place.there()
                    && Integer.toString(place.shelf()).equals(name);
        }
        return place.there() && concerns(key, item);
    }

    /** Whether the key's value says anything of this item. */
    static boolean concerns(String key, String item) {
        String name = key.substring(key.indexOf(':') + 1);
        if (key.startsWith("shelf:")) {
            return item.startsWith("book/");
        }
        return item.equals((key.startsWith("member:") ? "member/" : "book/") + name);
    }

    /** Some are drawn far more often than others. */
    static int skewed(RandomGenerator random, int bound) {
        return (int) (bound * Math.pow(random.nextDouble(), 2));
    }

    /**
     * What is at an item's place from one version on.
     *
     * @param shelf 0 for members; -1 for no row
     */
    record Place(long version, int shelf) {

        static Place on(long version, int shelf) {
            return new Place(version, shelf);
        }

        static Place empty(long version) {
            return new Place(version, -1);
        }

        boolean there() {
            return shelf >= 0;
        }
    }
}
