package dev.freshet.system.dependencies;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The licences that are met, and those that we ship. */
final class Licences {

    /** All of them may go with a work under the Apache License 2.0, unchanged and as jars of their own. */
    static final Set<String> SHIPPED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "CC-BY-2.5",
            "CDDL-1.0",
            "CDDL-1.1",
            "LGPL-2.1-or-later",
            "GPL-2.0-with-classpath-exception");

    /** By what stands in name and address, lower case; the first that is found counts. */
    private static final Map<String, String> SIGNS = new LinkedHashMap<>();

    static {
        SIGNS.put("mpl.1\\.1|mozilla public.*1\\.1", "MPL-1.1");
        SIGNS.put("cddl/gpl|cddl.?1\\.1|cddl \\+ gpl", "CDDL-1.1");
        SIGNS.put("cddl", "CDDL-1.0");
        SIGNS.put("go license", "BSD-3-Clause");
        SIGNS.put("apache.*2|asl.*2\\.0|apache\\.org", "Apache-2.0");
        SIGNS.put("gpl.*classpath|classpath.*exception|\\bgpl2 w/ cpe", "GPL-2.0-with-classpath-exception");
        SIGNS.put("lgpl|lesser general public", "LGPL-2.1-or-later");
        SIGNS.put("mit-0|no attribution", "MIT-0");
        SIGNS.put("\\bmit\\b|mit license|the mit", "MIT");
        SIGNS.put("bsd.?2|2-clause|simplified bsd", "BSD-2-Clause");
        SIGNS.put("bsd|3-clause|edl|eclipse distribution", "BSD-3-Clause");
        SIGNS.put("cc0|public domain", "CC0-1.0");
        SIGNS.put("epl.*2|eclipse public.*2", "EPL-2.0");
        SIGNS.put("epl.*1|eclipse public.*1", "EPL-1.0");
    }

    /** Of jars whose pom names none, as their project says. */
    private static final Map<String, Set<String>> UNNAMED = Map.of("net.jcip:jcip-annotations", Set.of("CC-BY-2.5"));

    private Licences() {}

    static String spdx(String name, String url) {
        String text = (name + " " + url).toLowerCase(Locale.ROOT);
        return SIGNS.entrySet().stream()
                .filter(sign -> Pattern.compile(sign.getKey()).matcher(text).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(name);
    }

    static Set<String> unnamed(String library) {
        return UNNAMED.getOrDefault(library, Set.of("none named"));
    }
}
