package dev.freshet.demo.api;

import static dev.freshet.demo.api.Requests.demand;
import static dev.freshet.demo.api.Requests.id;

import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.Resources;
import dev.freshet.demo.shop.Till;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Authors, genres, the best-seller board, what is in stock, and the description of the API. */
final class ShopRoutes {

    private static final int MOST_COPIES = 1_000_000;

    private final DataSource database;
    private final Catalogue catalogue;
    private final Till till;
    private final CachedReads reads;
    private final String description = Resources.text("openapi.json");

    ShopRoutes(DataSource database, CachedReads reads) {
        this.database = database;
        this.catalogue = new Catalogue(database);
        this.till = new Till(database);
        this.reads = reads;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/authors", this::authors),
                Route.get("/authors/{id}", to -> Replies.found(to, reads.author(id(to), demand(to)), "author")),
                Route.get("/genres", to -> Replies.found(to, reads.genres(demand(to)), "list")),
                Route.get("/bestsellers", to -> Replies.found(to, reads.bestsellers(demand(to)), "list")),
                Route.get("/stock/{id}", to -> Replies.found(to, reads.stock(id(to), demand(to)), "book")),
                Route.put("/stock/{id}", this::stock),
                Route.get(
                        "/openapi.json",
                        to -> to.contentType("application/json").result(description)));
    }

    private void authors(Context context) {
        Parameters parameters = Requests.parameters(context).require("page");
        Optional<Long> page = parameters.positive("page");
        parameters.done();
        Replies.found(context, reads.authors(page.orElseThrow(), demand(context)), "page");
    }

    private void stock(Context context) {
        long book = id(context);
        Members members = Requests.members(context, "quantity");
        Optional<Integer> quantity = members.required("quantity", value -> Values.whole(value, 0, MOST_COPIES));
        members.done();
        if (catalogue.book(book).isEmpty()) {
            throw Replies.unknown("book");
        }
        Replies.written(context, 200, Json.write(till.stock(book, quantity.orElseThrow())), database);
    }
}
