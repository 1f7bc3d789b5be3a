package dev.freshet.system.chinook;

import dev.freshet.system.oracle.Cache;
import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Table;
import java.math.BigDecimal;
import java.util.List;

/** The Chinook database's tables, and caches of all of them. */
final class Chinook {

    static final Table ALBUM = Table.of("album", 1, "album_id:INTEGER", "title", "artist_id:INTEGER");
    static final Table ARTIST = Table.of("artist", 1, "artist_id:INTEGER", "name");
    static final Table CUSTOMER = Table.of(
            "customer",
            1,
            "customer_id:INTEGER",
            "first_name",
            "last_name",
            "company",
            "address",
            "city",
            "state",
            "country",
            "postal_code",
            "phone",
            "fax",
            "email",
            "support_rep_id:INTEGER");
    static final Table EMPLOYEE = Table.of(
            "employee",
            1,
            "employee_id:INTEGER",
            "last_name",
            "first_name",
            "title",
            "reports_to:INTEGER",
            "birth_date:TIMESTAMP",
            "hire_date:TIMESTAMP",
            "address",
            "city",
            "state",
            "country",
            "postal_code",
            "phone",
            "fax",
            "email");
    static final Table GENRE = Table.of("genre", 1, "genre_id:INTEGER", "name");
    static final Table INVOICE = Table.of(
            "invoice",
            1,
            "invoice_id:INTEGER",
            "customer_id:INTEGER",
            "invoice_date:TIMESTAMP",
            "billing_address",
            "billing_city",
            "billing_state",
            "billing_country",
            "billing_postal_code",
            "total:NUMERIC");
    static final Table INVOICE_LINE = Table.of(
            "invoice_line",
            1,
            "invoice_line_id:INTEGER",
            "invoice_id:INTEGER",
            "track_id:INTEGER",
            "unit_price:NUMERIC",
            "quantity:INTEGER");
    static final Table MEDIA_TYPE = Table.of("media_type", 1, "media_type_id:INTEGER", "name");
    static final Table PLAYLIST = Table.of("playlist", 1, "playlist_id:INTEGER", "name");
    static final Table PLAYLIST_TRACK = Table.of("playlist_track", 2, "playlist_id:INTEGER", "track_id:INTEGER");
    static final Table TRACK = Table.of(
            "track",
            1,
            "track_id:INTEGER",
            "name",
            "album_id:INTEGER",
            "media_type_id:INTEGER",
            "genre_id:INTEGER",
            "composer",
            "milliseconds:INTEGER",
            "bytes:INTEGER",
            "unit_price:NUMERIC");

    static final List<Table> TABLES = List.of(
            ALBUM,
            ARTIST,
            CUSTOMER,
            EMPLOYEE,
            GENRE,
            INVOICE,
            INVOICE_LINE,
            MEDIA_TYPE,
            PLAYLIST,
            PLAYLIST_TRACK,
            TRACK);

    /** A table of the test's own, whose last change tells that all before it were taken from the log. */
    static final Table BEAT = Table.of("beat", 1, "id:INTEGER");

    private Chinook() {}

    static List<Cache> caches() {
        return List.of(
                Cache.key("beat", BEAT, "beat:{id}"),
                Cache.key("album", ALBUM, "album:{album_id}"),
                Cache.key("artist-albums", ALBUM, "artist:{artist_id}:albums"),
                Cache.key("album-title", ALBUM, "title:{artist_id}:{title}").columns("title"),
                Cache.key("artist", ARTIST, "artist:{artist_id}"),
                Cache.key("artist-name", ARTIST, "name:{name}"),
                Cache.key("customer", CUSTOMER, "customer:{customer_id}"),
                Cache.key("country-customers", CUSTOMER, "country:{country}:customers"),
                Cache.key("rep-customers", CUSTOMER, "employee:{support_rep_id}:customers"),
                Cache.key("company", CUSTOMER, "company:{company}/{customer_id}")
                        .when(
                                "row.country == 'USA' || row.support_rep_id == 3",
                                row -> isText(row, "country", "USA") || isText(row, "support_rep_id", "3")),
                Cache.key("customer-card", CUSTOMER, "customer:{customer_id}:card")
                        .refresh(Cache.Value.JSON, "customer_id", "first_name", "company", "support_rep_id"),
                Cache.key("employee", EMPLOYEE, "employee:{employee_id}"),
                Cache.key("reports", EMPLOYEE, "employee:{reports_to}:reports"),
                Cache.key("place", EMPLOYEE, "place:{city}:{state}"),
                Cache.key("hired", EMPLOYEE, "hired:{hire_date}"),
                Cache.key("genre", GENRE, "genre:{genre_id}"),
                Cache.key("genre-name", GENRE, "name:{name}"),
                Cache.key("genre-card", GENRE, "genre:{genre_id}:card").refresh(Cache.Value.HASH, "genre_id", "name"),
                Cache.key("invoice", INVOICE, "invoice:{invoice_id}"),
                Cache.key("customer-invoices", INVOICE, "customer:{customer_id}:invoices"),
                Cache.key("day", INVOICE, "day:{invoice_date}"),
                Cache.key("total", INVOICE, "total:{total}:EUR"),
                Cache.key("billing", INVOICE, "invoice:{invoice_id}:billing")
                        .columns("billing_address", "billing_city", "billing_country"),
                Cache.key("line", INVOICE_LINE, "line:{invoice_line_id}"),
                Cache.key("invoice-lines", INVOICE_LINE, "invoice:{invoice_id}:lines"),
                Cache.key("dear-lines", INVOICE_LINE, "track:{track_id}:dear:{unit_price}")
                        .when("row.unit_price > 1.0", Chinook::isDear),
                Cache.key("line-card", INVOICE_LINE, "line:{invoice_line_id}:card")
                        .refresh(Cache.Value.JSON, "invoice_line_id", "unit_price", "quantity"),
                Cache.key("media-type", MEDIA_TYPE, "media_type:{media_type_id}"),
                Cache.match("listings", MEDIA_TYPE, "listing:*:page"),
                Cache.key("playlist", PLAYLIST, "playlist:{playlist_id}"),
                Cache.key("playlist-name", PLAYLIST, "name:{name}"),
                Cache.key("entry", PLAYLIST_TRACK, "playlist_track:{playlist_id}:{track_id}"),
                Cache.key("playlist-tracks", PLAYLIST_TRACK, "playlist:{playlist_id}:tracks"),
                Cache.key("track-playlists", PLAYLIST_TRACK, "track:{track_id}:playlists"),
                Cache.key("track", TRACK, "track:{track_id}"),
                Cache.key("genre-tracks", TRACK, "genre:{genre_id}:tracks"),
                Cache.key("album-tracks", TRACK, "album:{album_id}:tracks"),
                Cache.key("composer", TRACK, "composer:{composer}"),
                Cache.key("price", TRACK, "price:{unit_price}"),
                Cache.key("lengths", TRACK, "lengths").field("{track_id}"),
                Cache.key("sizes", TRACK, "sizes").field("{album_id}/{name}").columns("bytes", "name"));
    }

    private static boolean isText(Image row, String column, String text) {
        return row.cell(column).filter(text::equals).isPresent();
    }

    private static boolean isDear(Image row) {
        return new BigDecimal(row.cell("unit_price").orElseThrow()).compareTo(BigDecimal.ONE) > 0;
    }
}
