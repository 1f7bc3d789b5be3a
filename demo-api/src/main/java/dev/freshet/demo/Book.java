package dev.freshet.demo;

import java.math.BigDecimal;
import java.time.LocalDate;

record Book(long id, String title, long authorId, BigDecimal price, LocalDate published) {

    Book withPrice(String newPrice) {
        return new Book(id, title, authorId, new BigDecimal(newPrice), published);
    }
}
