package dev.freshet.demo;

record Author(long id, String name) {}
