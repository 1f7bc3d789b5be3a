package dev.freshet.demo.api;

import static dev.freshet.demo.api.Requests.demand;
import static dev.freshet.demo.api.Requests.id;

import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.ShelfQuery;
import dev.freshet.demo.shop.ShelfQuery.Sort;
import dev.freshet.demo.shop.Storefront;
import dev.freshet.demo.shop.Till;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** Books, one by one and in lists, and what readers think of them. */
final class BookRoutes {

    private static final long LARGEST_PAGE = 100;
    private static final long HIGHEST_PRICE = 999_999;
    private static final int LONGEST_REVIEW = 1_000;

    /** An order: by what, and whether downwards. */
    private record Order(Sort by, boolean descending) {}

    private static final Map<String, Order> ORDERS = new LinkedHashMap<>();

    static {
        for (Sort by : Sort.values()) {
            ORDERS.put(by.column(), new Order(by, false));
            ORDERS.put("-" + by.column(), new Order(by, true));
        }
    }

    private final DataSource database;
    private final Catalogue catalogue;
    private final Till till;
    private final CachedReads reads;

    BookRoutes(DataSource database, CachedReads reads) {
        this.database = database;
        this.catalogue = new Catalogue(database);
        this.till = new Till(database);
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/books", this::list),
                Route.get("/books/{id}", to -> Replies.found(to, reads.book(id(to), demand(to)), "book")),
                Route.get("/books/{id}/price", to -> Replies.found(to, reads.price(id(to)), "book")),
                Route.get("/books/{id}/card", to -> Replies.found(to, reads.card(id(to)), "book")),
                Route.get("/books/{id}/blurb", to -> Replies.found(to, reads.blurb(id(to), demand(to)), "blurb")),
                Route.get("/books/{id}/reviews", this::reviews),
                Route.patch("/books/{id}", this::change),
                Route.post("/books/{id}/reviews", this::review));
    }

    private void list(Context context) {
        Parameters parameters = Requests.parameters(context);
        if (parameters.has("author")) {
            Optional<Long> author = parameters.positive("author");
            parameters.done();
            Replies.found(context, reads.booksOf(author.orElseThrow(), demand(context)), "author");
            return;
        }
        ShelfQuery query = shelf(parameters);
        Replies.found(context, reads.shelf(query, demand(context)), "page");
    }

    private static ShelfQuery shelf(Parameters parameters) {
        Optional<Long> genre = parameters.positive("genre");
        Optional<Long> minPrice = parameters.whole("min_price", 0, HIGHEST_PRICE);
        Optional<Long> maxPrice = parameters.whole("max_price", 0, HIGHEST_PRICE);
        Order order = parameters.word("sort", ORDERS).orElse(new Order(Sort.ID, false));
        long page = parameters.whole("page", 1, Storefront.LAST_PAGE).orElse(1L);
        long size = parameters.whole("size", 1, LARGEST_PAGE).orElse(ShelfQuery.USUAL_SIZE);
        parameters.done();
        return new ShelfQuery(genre, minPrice, maxPrice, order.by(), order.descending(), page, size);
    }

    private void reviews(Context context) {
        long book = id(context);
        Parameters parameters = Requests.parameters(context);
        long page = parameters.whole("page", 1, Storefront.LAST_PAGE).orElse(1L);
        parameters.done();
        Replies.found(context, reads.reviews(book, page, demand(context)), "page");
    }

    private void change(Context context) {
        long id = id(context);
        Book changed = catalogue
                .change(id, PatchParser.parse(Requests.body(context)))
                .orElseThrow(() -> Replies.unknown("book"));
        Replies.written(context, 200, Json.book(changed), database);
    }

    private void review(Context context) {
        long book = id(context);
        Members members = Requests.members(context, "stars and body");
        Optional<Integer> stars = members.required("stars", value -> Values.whole(value, 1, 5));
        Optional<String> body = members.required("body", value -> Values.text(value, LONGEST_REVIEW));
        members.done();
        requireBook(book);
        Replies.written(context, 201, Json.write(till.review(book, stars.orElseThrow(), body.orElseThrow())), database);
    }

    private void requireBook(long id) {
        if (catalogue.book(id).isEmpty()) {
            throw Replies.unknown("book");
        }
    }
}
