package dev.freshet.cli.doctor;

import java.time.Duration;
import java.util.Locale;

/** Amounts as people read them. */
final class Amounts {

    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};

    private Amounts() {}

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String bytes(double bytes) {
        double amount = Math.max(0, bytes);
        int unit = 0;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || amount >= 100 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    static String duration(Duration duration) {
        long millis = duration.abs().toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        double seconds = millis / 1000.0;
        return seconds < 120
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : seconds < 7200
                        ? Math.round(seconds / 60) + " min"
                        : seconds < 172_800
                                ? Math.round(seconds / 3600) + " h"
                                : Math.round(seconds / 86_400) + " days";
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond >= 10 || perSecond == 0 ? "%.0f/s" : "%.2f/s", perSecond);
    }
}
