package dev.freshet.demo.shop;

public record Author(long id, String name) {}
