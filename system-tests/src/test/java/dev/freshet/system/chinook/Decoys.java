package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Entry;
import java.util.ArrayList;
import java.util.List;

/** Entries that no row stands behind: keys of others, look-alikes, and keys that only an emptied table could mean. */
final class Decoys {

    private static final List<String> KEYS = List.of(
            "artist::albums",
            "artist:1:albums:x",
            "artist:x:albums",
            "artist:1 :albums",
            "xartist:1:albums",
            "Artist:1:albums",
            "artist:1:Albums",
            "artist:*:albums",
            "artist:[12]:albums",
            "artist:?",
            "artist:",
            "artist",
            "artist:{artist_id}",
            "artist:987654321",
            "artist:987654321:albums",
            "album:1:x",
            "album:1*",
            "album:987654321",
            "customer:1:invoices:page:2",
            "customer:1:card:x",
            "customer:987654321:card",
            "customer:null:invoices",
            "country::customer",
            "country:nowhere:customers",
            "employee:null:reports",
            "employee:987654321:reports",
            "place:nowhere",
            "place:nowhere:at all",
            "hired:yesterday",
            "hired:1970-01-01",
            "hired:1970-01-01 00:00:00",
            "day:1970-01-01T00:00:00Z",
            "day:1970-01-01 00:00:00",
            "total:1.00",
            "total:1,00:EUR",
            "total:987654.32:EUR",
            "genre:987654321:card",
            "genre:x:card",
            "listing:1",
            "listing:1:page",
            "listing::page",
            "listing:é ü:page",
            "listing:1:page:2",
            "xlisting:1:page",
            "playlist_track:1",
            "playlist_track:987654321:1",
            "playlist_track:1:1:1",
            "composers:x",
            "composer:nobody at all",
            "composer",
            "price:free",
            "price:987654.32",
            "name",
            "name:no such name",
            "line:x",
            "session:42",
            "freshet",
            "lock",
            "*",
            "?",
            "[a-z]*",
            "{}",
            " ",
            "ключ",
            "🎵");

    private Decoys() {}

    static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(KEYS.stream().map(Entry::ofKey).toList());
        entries.add(Entry.ofField("lengths", "total"));
        entries.add(Entry.ofField("lengths", "987654321"));
        entries.add(Entry.ofField("lengths", "1.0"));
        entries.add(Entry.ofField("sizes", "no slash"));
        entries.add(Entry.ofField("sizes", "987654321/nothing"));
        return entries;
    }
}
