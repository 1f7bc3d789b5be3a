package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.demo.shop.Storefront;
import dev.freshet.demo.shop.Till;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What is one's own. Who asks is found out before anything else is looked at; the cache is asked for that account alone. */
final class AccountRoutes {

    private static final int MOST_COPIES = 100;

    private final DataSource database;
    private final Storefront storefront;
    private final Till till;
    private final CachedReads reads;
    private final Authentication authentication;

    AccountRoutes(DataSource database, CachedReads reads) {
        this.database = database;
        this.storefront = new Storefront(database);
        this.till = new Till(database);
        this.reads = reads;
        this.authentication = new Authentication(storefront);
    }

    List<Route> routes() {
        return List.of(Route.get("/account", this::page), Route.post("/account/orders", this::order));
    }

    private void page(Context context) {
        long account = authentication.account(context);
        context.header("Vary", "Authorization");
        Replies.found(context, reads.account(account, Requests.demand(context)), "account");
    }

    private void order(Context context) {
        long account = authentication.account(context);
        Members members = Requests.members(context, "book_id and quantity");
        Optional<Long> book = members.required("book_id", Values::id);
        Optional<Integer> quantity = members.required("quantity", value -> Values.whole(value, 1, MOST_COPIES));
        members.done();
        ObjectNode order = till.order(account, book.orElseThrow(), quantity.orElseThrow())
                .orElseThrow(() -> refusal(book.orElseThrow()));
        Replies.written(context, 201, Json.write(order), database);
    }

    private RuntimeException refusal(long book) {
        return storefront.stock(book).isEmpty()
                ? Problem.unknownRow("book_id").refused()
                : Problem.of(409, "Out of stock", "There are not so many copies; GET /stock/{id} tells how many.")
                        .refused();
    }
}
