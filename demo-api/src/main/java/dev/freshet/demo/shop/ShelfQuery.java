package dev.freshet.demo.shop;

import java.util.Optional;

/**
 * Which books, in which order, and which page of them.
 *
 * @param minPrice in whole units of the currency, as {@code maxPrice}
 * @param page from 1
 * @param size books on a page
 */
public record ShelfQuery(
        Optional<Long> genre,
        Optional<Long> minPrice,
        Optional<Long> maxPrice,
        Sort sort,
        boolean descending,
        long page,
        long size) {

    /** What books are sorted by; those that are equal, by their ids. */
    public enum Sort {
        ID("id"),
        TITLE("title"),
        PRICE("price"),
        PUBLISHED("published");

        private final String column;

        Sort(String column) {
            this.column = column;
        }

        /** As requests name it. */
        public String column() {
            return column;
        }
    }
}
