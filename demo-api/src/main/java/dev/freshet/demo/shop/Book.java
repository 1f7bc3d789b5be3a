package dev.freshet.demo.shop;

import java.math.BigDecimal;
import java.time.LocalDate;

public record Book(long id, String title, long authorId, long genreId, BigDecimal price, LocalDate published) {

    public Book withPrice(String newPrice) {
        return new Book(id, title, authorId, genreId, new BigDecimal(newPrice), published);
    }
}
