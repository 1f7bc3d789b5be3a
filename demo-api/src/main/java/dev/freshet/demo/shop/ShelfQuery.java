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

    /** Books that are shown on a page where nothing else is asked for. */
    public static final long USUAL_SIZE = 20;

    /** What is shown where nothing but a genre is asked for, or not even that. */
    public static ShelfQuery first(Optional<Long> genre) {
        return new ShelfQuery(genre, Optional.empty(), Optional.empty(), Sort.ID, false, 1, USUAL_SIZE);
    }

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
