package dev.freshet.cli.doctor;

import java.util.Locale;

/** What REPLICA IDENTITY FULL adds to the log. */
final class IdentityCost {

    private IdentityCost() {}

    static String words(TableFacts.Leaf leaf, TableFactsReader.Since since) {
        if (leaf.rowBytes() == 0) {
            return "the old row's width for each update and delete; how wide rows are shows after ANALYZE";
        }
        double seconds = since.tables().toMillis() / 1000.0;
        double perSecond =
                perChange(leaf) * (leaf.writes().updates() + leaf.writes().deletes()) / seconds;
        double all = since.walBytes() / (since.wal().toMillis() / 1000.0);
        return "about " + Amounts.bytes(perChange(leaf)) + " for each update and delete, "
                + Amounts.bytes(perSecond * 3600)
                + " an hour"
                + (all > 0
                        ? String.format(Locale.ROOT, " (%.1f %% of what the server writes)", 100 * perSecond / all)
                        : "");
    }

    /** The old row as it stands in the table; its own page's overhead makes up for the record's. */
    static double perChange(TableFacts.Leaf leaf) {
        return leaf.rowBytes();
    }
}
