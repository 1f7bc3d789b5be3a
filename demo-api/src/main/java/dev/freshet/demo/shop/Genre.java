package dev.freshet.demo.shop;

public record Genre(long id, String name) {}
