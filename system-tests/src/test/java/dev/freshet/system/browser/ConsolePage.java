package dev.freshet.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The console in a Chromium of this machine. One thread. */
final class ConsolePage implements AutoCloseable {

    private static final Path PICTURES = Path.of("target", "console");
    private static final List<int[]> SIZES = List.of(new int[] {1440, 900}, new int[] {390, 844});

    private final Playwright playwright;
    private final Browser browser;
    private final Page page;
    private final Duration patience;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private ConsolePage(Playwright playwright, Browser browser, String address, Duration patience) {
        this.playwright = playwright;
        this.browser = browser;
        this.patience = patience;
        // What is focused is in sight at once.
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1440, 900)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en"));
        this.page = context.newPage();
        page.setDefaultTimeout((double) patience.toMillis());
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // That the writer cannot be reached is what is played.
            if (message.type().equals("error")
                    && !message.text().contains("net::ERR_")
                    && !message.text().contains("status of 40")) {
                complaints.add(message.text());
            }
        });
        page.onRequest(request -> asked.add(request.url()));
        page.navigate(address);
    }

    static ConsolePage open(String address, Duration patience) {
        Playwright playwright = Chromium.playwright();
        try {
            return new ConsolePage(playwright, Chromium.launch(playwright), address, patience);
        } catch (RuntimeException | Error e) {
            playwright.close();
            throw e;
        }
    }

    Page page() {
        return page;
    }

    Locator stage(String name) {
        return page.locator("[data-stage=\"" + name + "\"]");
    }

    /** In this thread, as the browser wants it. */
    void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .atMost(patience)
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(100))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(PICTURES.resolve("late.png"))
                    .setFullPage(true));
            throw new AssertionError(
                    what + ": not within " + patience + "; " + text("#verdict") + "; " + text("#stages") + "; "
                            + complaints,
                    e);
        }
    }

    private String text(String selector) {
        return page.locator(selector).textContent().strip().replaceAll("\\s+", " ");
    }

    /** One of ok, warn, broken, away, unknown. */
    String verdict() {
        return String.valueOf(page.locator("#verdict").getAttribute("data-state"));
    }

    String title() {
        return page.locator("#verdict-title").textContent();
    }

    /** In seconds, as printed large. */
    double staleness() {
        String text = page.locator("#staleness").textContent();
        assertThat(text).matches("[0-9.]+ s|\\d+ min \\d+ s|–");
        int minutes = text.indexOf(" min ");
        if (minutes > 0) {
            return 60 * Double.parseDouble(text.substring(0, minutes))
                    + Double.parseDouble(text.substring(minutes + " min ".length(), text.length() - " s".length()));
        }
        return text.equals("–") ? Double.NaN : Double.parseDouble(text.replace(" s", ""));
    }

    /** Records that wait in Kafka. */
    long waiting() {
        String text = stage("Kafka").locator(".figure strong").textContent().replace(",", "");
        return text.matches("\\d+") ? Long.parseLong(text) : -1;
    }

    /** In both widths, light and dark; checks each of them. */
    void look(String name) {
        for (int[] size : SIZES) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.setViewportSize(size[0], size[1]);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                Accessibility.check(
                        page, "slider \"Staleness", "textbox \"Old row", "combobox \"Table\"", "table", "list");
                page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })");
                String file = name + "-" + size[0] + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT);
                page.screenshot(new Page.ScreenshotOptions()
                        .setPath(PICTURES.resolve(file + ".png"))
                        .setFullPage(true));
            }
        }
        page.setViewportSize(SIZES.get(0)[0], SIZES.get(0)[1]);
    }

    /** Nothing went wrong in the page, and nothing was asked of another server. */
    void checkPeace(String address) {
        assertThat(complaints).as("errors in the page").isEmpty();
        assertThat(asked).allMatch(url -> url.startsWith(address));
    }

    @Override
    public void close() {
        Stream.<AutoCloseable>of(browser, playwright).forEach(one -> {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
