package dev.freshet.demo.judge;

import com.fasterxml.jackson.databind.JsonNode;

/** What changes of a book's page while it is watched; each stands in a table of its own. */
public enum Field {
    /** {@code books.price}, in cents. */
    PRICE {
        @Override
        long in(JsonNode page) {
            return page.path("price").decimalValue().movePointRight(2).longValue();
        }
    },
    /** {@code stock.quantity}. */
    STOCK {
        @Override
        long in(JsonNode page) {
            return page.path("quantity").asLong(0);
        }
    },
    /** The id of the newest row in {@code reviews}; 0 where there is none. */
    REVIEW {
        @Override
        long in(JsonNode page) {
            return page.path("latest_review").asLong(0);
        }
    };

    abstract long in(JsonNode page);
}
