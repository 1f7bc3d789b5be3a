package dev.freshet.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The demo's page in a Chromium of this machine. One thread. */
final class ShopPage implements AutoCloseable {

    private static final Path PICTURES = Path.of("target", "shop-page");
    private static final List<int[]> SIZES = List.of(new int[] {1440, 900}, new int[] {390, 844});

    private final Playwright playwright;
    private final Browser browser;
    private final Page page;
    private final Duration patience;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private ShopPage(Playwright playwright, Browser browser, String address, Duration patience) {
        this.playwright = playwright;
        this.browser = browser;
        this.patience = patience;
        this.page = browser.newContext(new Browser.NewContextOptions()
                        .setViewportSize(1440, 900)
                        .setReducedMotion(ReducedMotion.REDUCE)
                        .setLocale("en"))
                .newPage();
        page.setDefaultTimeout((double) patience.toMillis());
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // A price that is refused is played; the browser tells of its status.
            if (message.type().equals("error") && !message.text().contains("status of 422")) {
                complaints.add(message.text());
            }
        });
        page.onRequest(request -> asked.add(request.url()));
        page.navigate(address);
    }

    static ShopPage open(String address, Duration patience) {
        Playwright playwright = Chromium.playwright();
        try {
            return new ShopPage(playwright, Chromium.launch(playwright), address, patience);
        } catch (RuntimeException | Error e) {
            playwright.close();
            throw e;
        }
    }

    Page page() {
        return page;
    }

    /** In this thread, as the browser wants it. */
    void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .atMost(patience)
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(100))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(PICTURES.resolve("late.png"))
                    .setFullPage(true));
            throw new AssertionError(
                    what + ": not within " + patience + "; " + text("#score-rows") + "; " + text("#fault-result") + "; "
                            + complaints,
                    e);
        }
    }

    String text(String selector) {
        return page.locator(selector).textContent().strip().replaceAll("\\s+", " ");
    }

    /** A figure of the score; -1 where there is none yet. */
    long score(String strategy, String column) {
        Locator cell = page.locator("#score-rows tr[data-strategy=" + strategy + "] td[data-label=\"" + column + "\"]");
        if (cell.count() == 0) {
            return -1;
        }
        String text = cell.first().textContent().replace(",", "").replaceAll("[^0-9].*", "");
        return text.isEmpty() ? -1 : Long.parseLong(text);
    }

    /** Reads without a change that was applied before they began; -1 where nothing is told yet. */
    long broken() {
        String told = page.locator("#promise").getAttribute("data-broken");
        return told == null ? -1 : Long.parseLong(told);
    }

    /** As a visitor does it by the keyboard: one step an arrow. */
    void slide(String slider, int value) {
        Locator range = page.locator("#" + slider);
        range.focus();
        page.keyboard().press("Home");
        int step = Integer.parseInt(range.getAttribute("step"));
        for (int at = 0; at < value; at += step) {
            page.keyboard().press("ArrowRight");
        }
        assertThat(range.inputValue()).isEqualTo(Integer.toString(value));
    }

    /** In both widths, light and dark; checks each of them. */
    void look(String name) {
        for (int[] size : SIZES) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.setViewportSize(size[0], size[1]);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                Accessibility.check(
                        page,
                        "slider \"Reads, by each\"",
                        "slider \"Stale reads",
                        "combobox \"Book\"",
                        "textbox \"New price\"",
                        "button \"Send the herd\"",
                        "table");
                page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })");
                String file = name + "-" + size[0] + "-" + scheme.name().toLowerCase(Locale.ROOT);
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
        browser.close();
        playwright.close();
    }
}
