package dev.freshet.demo.api;

import dev.freshet.demo.shop.Storefront;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who a request comes from, as the database knows it now: a token that was taken back lets nobody in. Thread-safe. */
final class Authentication {

    private static final Pattern BEARER =
            Pattern.compile("Bearer ([A-Za-z0-9._~+/-]{1,200}=*)", Pattern.CASE_INSENSITIVE);

    private final Storefront storefront;

    Authentication(Storefront storefront) {
        this.storefront = storefront;
    }

    /**
     * The account whose token the request shows. Never asked of the cache.
     *
     * @throws Problem.RefusedException where it shows none, or one that is nobody's; the same for both
     */
    long account(Context context) {
        return Optional.ofNullable(context.header("Authorization"))
                .map(BEARER::matcher)
                .filter(Matcher::matches)
                .flatMap(shown -> storefront.accountOf(shown.group(1)))
                .orElseThrow(() -> Problem.of(
                                401,
                                "Unauthorized",
                                "Send the header Authorization: Bearer TOKEN, with a token that is valid.")
                        .refused());
    }
}
