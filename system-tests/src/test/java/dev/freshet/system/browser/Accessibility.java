package dev.freshet.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a page must be for people who see, point or hear otherwise. Judged by what the browser computed. */
final class Accessibility {

    /** Each text that is seen, with its contrast by WCAG 2.1 where that is too low for its size. */
    private static final String CONTRAST = """
            () => {
              const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
              const rgba = (color) => {
                paint.clearRect(0, 0, 1, 1);
                paint.fillStyle = color;
                paint.fillRect(0, 0, 1, 1);
                return [...paint.getImageData(0, 0, 1, 1).data];
              };
              const luminance = ([r, g, b]) => {
                const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                return 0.2126 * x + 0.7152 * y + 0.0722 * z;
              };
              const ground = (node) => {
                for (let at = node; at; at = at.parentElement) {
                  const color = rgba(getComputedStyle(at).backgroundColor);
                  if (color[3] > 250) return color;
                }
                return [255, 255, 255, 255];
              };
              const poor = [];
              const seen = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (seen.nextNode()) {
                const text = seen.currentNode.textContent.trim();
                const node = seen.currentNode.parentElement;
                if (!text || !node.checkVisibility() || node.closest("noscript, option")) continue;
                const box = node.getBoundingClientRect();
                if (box.width < 2 || box.bottom < 0) continue;
                const style = getComputedStyle(node);
                const color = rgba(node instanceof SVGElement ? style.fill : style.color);
                const [light, dark] = [luminance(color), luminance(ground(node))].sort((a, b) => b - a);
                const ratio = (light + 0.05) / (dark + 0.05);
                const size = parseFloat(style.fontSize);
                const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
                if (ratio < (large ? 3 : 4.5)) poor.push(`${ratio.toFixed(2)} "${text.slice(0, 40)}" of ${node.tagName}.${node.className}`);
              }
              return poor;
            }""";

    /** What is to be operated and has no name. */
    private static final String NAMELESS = """
            () => [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex='0'], [role=slider]")]
              .filter((node) => node.checkVisibility())
              .filter((node) => !(node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim()))
              .map((node) => node.outerHTML.slice(0, 80))""";

    private static final String FOCUSED = """
            () => {
              const node = document.activeElement;
              const style = getComputedStyle(node);
              const box = node.getBoundingClientRect();
              const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              const within = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
              const name = `${node.tagName} ${node.id || node.getAttribute("aria-label") || node.textContent.trim().slice(0, 30)}`;
              return [name, shown && within ? "" : `${name}: outline ${style.outlineStyle}, within ${within}`];
            }""";

    private Accessibility() {}

    /** @param parts what the tree of the page must name: landmarks, headings, controls */
    static void check(Page page, String... parts) {
        assertThat(texts(page.evaluate(CONTRAST)))
                .as("texts of too little contrast")
                .isEmpty();
        assertThat(texts(page.evaluate(NAMELESS))).as("controls without a name").isEmpty();
        assertThat(page.locator("body").ariaSnapshot())
                .as("landmarks and headings")
                .contains("banner:", "navigation \"Sections\"", "main:", "contentinfo:", "heading \"Freshet", "status:")
                .contains(parts);
        assertThat(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
                .as("nothing is beyond the right edge")
                .isEqualTo(true);
    }

    /** Walks through the page by the tab key; the names of what it came by, once round. */
    static Set<String> walk(Page page) {
        Set<String> passed = new LinkedHashSet<>();
        List<String> unseen = new ArrayList<>();
        page.evaluate("() => document.querySelector('.skip').focus()");
        String first = texts(page.evaluate(FOCUSED)).get(0);
        passed.add(first);
        for (int i = 0; i < 100; i++) {
            page.keyboard().press("Tab");
            List<String> focused = texts(page.evaluate(FOCUSED));
            if (focused.get(0).startsWith("BODY") || focused.get(0).equals(first)) {
                break;
            }
            passed.add(focused.get(0));
            if (!focused.get(1).isEmpty()) {
                unseen.add(focused.get(1));
            }
        }
        assertThat(unseen).as("focused, and not seen to be").isEmpty();
        return passed;
    }

    private static List<String> texts(Object found) {
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }
}
