package dev.freshet.cli.console;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which names the console answers to. A page of somebody else's may let its own name point here (DNS rebinding) and would
 * then be of the console's origin; where the console is served on loopback only, no such name is right. Immutable.
 */
final class HostRule {

    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:]+)(:\\d{1,5})?");
    private static final Pattern LOOPBACK_4 = Pattern.compile("127(\\.\\d{1,3}){3}");
    private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "0:0:0:0:0:0:0:1");

    private final boolean loopback;

    /** @param host where the console is served */
    HostRule(String host) {
        this.loopback = loops(host);
    }

    /** @param header the request's Host; any port is right: one may be forwarded here */
    boolean allows(Optional<String> header) {
        if (!loopback) {
            return true;
        }
        return header.map(HOST::matcher)
                .filter(Matcher::matches)
                .map(parts -> parts.group(1).replaceAll("[\\[\\]]", ""))
                .filter(HostRule::loops)
                .isPresent();
    }

    private static boolean loops(String host) {
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT))
                || LOOPBACK_4.matcher(host).matches();
    }
}
