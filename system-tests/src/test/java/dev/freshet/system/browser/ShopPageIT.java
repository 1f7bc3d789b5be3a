package dev.freshet.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.freshet.system.process.Freshet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who has ten minutes: opens the demo's page, sets a load, edits a book by SQL and breaks things. */
class ShopPageIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory = Path.of("");

    private Freshet demo() {
        return Freshet.launch(
                        directory,
                        "demo",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.freshet.demo.Main",
                                "--port",
                                "0"),
                        Map.of())
                .awaitReady(PATIENCE);
    }

    @Test
    void aVisitorSeesThatReadsAreFresh() {
        try (Freshet demo = demo()) {
            String address = demo.address("api").orElseThrow();
            try (ShopPage shop = ShopPage.open(address, PATIENCE)) {
                seeTheScore(shop);
                shop.look("load");
                walkByKeys(shop);
                editBySql(shop);
                shop.look("edit");
                stopTheListeners(shop);
                killRedis(shop);
                sendTheHerd(shop);
                shop.look("herd");
                assertThat(shop.broken())
                        .as("through all of it, no read older than an applied invalidation")
                        .isZero();
                shop.checkPeace(address);
            }
        }
    }

    private static void seeTheScore(ShopPage shop) {
        shop.await("live", () -> shop.score("freshet", "reads") > 0);
        shop.slide("reads", 150);
        shop.slide("writes", 20);
        shop.slide("foreign", 100);
        shop.await(
                "the load is told",
                () -> shop.text("#latency-text").contains("150 reads a second by each strategy, 20 writes"));
        shop.await(
                "TTL and deleting in the application serve old pages",
                () -> shop.score("ttl", "late reads") > 100 && shop.score("app", "late reads") > 100);
        long before = shop.score("ttl", "late reads");
        shop.await("it goes on", () -> shop.score("ttl", "late reads") > before + 100);
        assertThat(shop.score("none", "stale reads")).isZero();
        assertThat(shop.score("freshet", "late reads")).isZero();
        assertThat(shop.score("freshet", "reads")).isGreaterThan(500);
        assertThat(shop.broken()).isZero();
        assertThat(shop.text("#verdict")).endsWith("Freshet none");
    }

    private static void walkByKeys(ShopPage shop) {
        assertThat(Accessibility.walk(shop.page()))
                .as("what the tab key reaches")
                .contains("A Skip to the content", "INPUT reads", "INPUT edit-price", "SELECT edit-book")
                .contains("BUTTON listener", "BUTTON redis", "BUTTON herd")
                .contains("DIV Stale reads served, per second: a moment of the last two minutes");
        Locator plot = shop.page().locator("#chart-worst .plot");
        plot.focus();
        shop.page().keyboard().press("ArrowLeft");
        shop.page().keyboard().press("ArrowLeft");
        assertThat(plot.getAttribute("aria-valuetext")).contains("TTL ", "Freshet ");
        assertThat(plot.getAttribute("aria-valuenow")).isNotEqualTo("0");
    }

    private static void editBySql(ShopPage shop) {
        Page page = shop.page();
        page.locator("#edit-price").fill("a lot");
        page.locator("#edit-form button").press("Enter");
        shop.await("refused", () -> shop.text("#edit-error").contains("price must be an amount"));
        assertThat(page.locator("#edit-price").getAttribute("aria-invalid")).isEqualTo("true");
        page.locator("#edit-price").fill("3.33");
        page.locator("#edit-form button").press("Enter");
        Locator result = page.locator(".edit-result").first();
        shop.await(
                "Freshet has it",
                () -> result.locator("li[data-strategy=freshet].landed").count() == 1);
        assertThat(result.locator("code").textContent()).isEqualTo("update books set price = 3.33 where id = 1;");
        shop.await(
                "TTL has it at last",
                () -> result.locator("li[data-strategy=ttl]:not(.waiting)").count() == 1);
    }

    private static String effect(ShopPage shop, String strategy, int column) {
        return shop.text("#effect-rows tr[data-strategy=" + strategy + "] > :nth-child(" + column + ")");
    }

    private static void press(ShopPage shop, String button, String told) {
        shop.page().locator("#" + button).press("Enter");
        shop.await(told, () -> shop.text("#fault-result").contains(told));
    }

    private static void stopTheListeners(ShopPage shop) {
        press(shop, "listener", "The listeners are stopped.");
        assertThat(shop.page().locator("#listener").getAttribute("aria-pressed"))
                .isEqualTo("true");
        shop.await("it is announced", () -> shop.text("#announce").contains("The listeners are stopped"));
        shop.await(
                "NOTIFY serves old pages now",
                () -> !effect(shop, "notify", 3).equals("0")
                        && !effect(shop, "notify", 3).equals("–"));
        shop.await("changes wait", () -> shop.text("#promise").matches(".*, [1-9][0-9,]* not yet.*"));
        shop.look("listeners-stopped");
        press(shop, "listener", "The listeners are started again.");
        shop.await("nothing was lost", () -> shop.text("#promise").matches(".*, [0-9] not yet.*"));
        assertThat(shop.broken()).isZero();
    }

    private static void killRedis(ShopPage shop) {
        press(shop, "redis", "Redis is killed.");
        assertThat(shop.page().locator("#redis").getAttribute("aria-pressed")).isEqualTo("true");
        long before = shop.score("freshet", "reads");
        shop.await("reads go on", () -> shop.score("freshet", "reads") > before + 300);
        shop.look("redis-killed");
        press(shop, "redis", "Redis is started again.");
        shop.await("it catches up", () -> shop.text("#promise").matches(".*, [0-9] not yet.*"));
        assertThat(shop.broken()).isZero();
    }

    private static void sendTheHerd(ShopPage shop) {
        press(shop, "herd", "Freshet: ");
        assertThat(effect(shop, "none", 6)).isEqualTo("64");
        assertThat(effect(shop, "freshet", 5)).isEqualTo("0");
        assertThat(Integer.parseInt(effect(shop, "freshet", 6))).isLessThan(16);
    }
}
