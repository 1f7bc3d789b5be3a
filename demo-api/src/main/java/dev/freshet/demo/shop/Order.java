package dev.freshet.demo.shop;

import java.time.Instant;

public record Order(long accountId, long bookId, int quantity, Instant ordered) {}
