package dev.freshet.demo.strategy;

/** How to connect to the shop's database. */
public record Database(String url, String user, String password) {

    @Override
    public String toString() {
        return "Database[" + url + "]";
    }
}
