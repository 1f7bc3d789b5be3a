package dev.freshet.demo.shop;

/** Somebody who buys. */
public record Account(long id, String name, String email) {}
