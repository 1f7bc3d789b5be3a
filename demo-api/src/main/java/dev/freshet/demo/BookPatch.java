package dev.freshet.demo;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;

/** What is to become of a book; what is empty stays as it is. */
record BookPatch(
        Optional<String> title, Optional<BigDecimal> price, Optional<Long> authorId, Optional<LocalDate> published) {}
