package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;

/** What is to become of a book; what is empty stays as it is. */
public record BookPatch(
        Optional<String> title,
        Optional<BigDecimal> price,
        Optional<Long> authorId,
        Optional<Long> genreId,
        Optional<LocalDate> published) {}
