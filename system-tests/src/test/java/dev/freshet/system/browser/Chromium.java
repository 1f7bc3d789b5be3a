package dev.freshet.system.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Chromium of this machine. */
final class Chromium {

    private Chromium() {}

    /** Downloads nothing. */
    static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    static Browser launch(Playwright playwright) {
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable())
                        // Its sandbox is not to be had for root, as whom a container builds; the page is ours.
                        .setArgs(List.of("--no-sandbox")));
    }

    private static Path executable() {
        String named = System.getProperty("freshet.chromium", "");
        List<String> places = named.isEmpty()
                ? List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                : List.of(named);
        return places.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no Chromium at " + String.join(", ", places)
                        + "; install one (Debian: apt-get install chromium), or name it by -Dfreshet.chromium=PATH"));
    }
}
