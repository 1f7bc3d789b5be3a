package dev.freshet.system.oracle;

/** How the columns' types print, as far as the played tables have them. */
public enum Form {
    INTEGER("-?[0-9]+"),
    NUMERIC("-?[0-9]+(\\.[0-9]+)?"),
    TIMESTAMP("[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?"),
    TEXT(".*");

    private final String regex;

    Form(String regex) {
        this.regex = regex;
    }

    String regex() {
        return regex;
    }

    public boolean isNumber() {
        return this == INTEGER || this == NUMERIC;
    }
}
