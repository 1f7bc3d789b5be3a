package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.demo.Change.End;
import dev.freshet.demo.Change.Reread;
import dev.freshet.demo.Scene.Outcome;
import dev.freshet.demo.api.Source;
import dev.freshet.redis.PlainCache.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge, judged: a real PostgreSQL, Redis and API, and in the pipeline's place something that does it wrong. */
final class SceneIT {

    private static final Entry BOOK = Entry.of("book:1");
    private static final Entry CARD = Entry.of("card:1");
    private static final Entry BYSTANDER = Entry.of("session:42");
    private static final String GOOD_CARD = "{\"title\": \"t\", \"price\": \"1.11\"}";

    private Shop shop;

    @BeforeEach
    void start() {
        shop = Shop.open();
    }

    @AfterEach
    void stop() {
        shop.close();
    }

    @Test
    void exactlyWhatWasExpectedIsNoFault() {
        Outcome outcome = playOnePrice(() -> {
            shop.cache().delete(BOOK);
            shop.cache().set(CARD, GOOD_CARD, Duration.ofMinutes(1));
        });

        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.after()).containsOnlyKeys(BOOK, CARD);
    }

    @Test
    void aKeyThatWentAndShouldHaveStayedIsAFault() {
        Outcome outcome = playOnePrice(() -> {
            shop.cache().delete(BYSTANDER);
            shop.cache().delete(BOOK);
            shop.cache().set(CARD, GOOD_CARD, Duration.ofMinutes(1));
        });

        assertThat(outcome.faults()).containsExactly("session:42 went, and should have stayed");
    }

    @Test
    void anUnexpectedValueAndAnUnexpectedKeyAreFaults() {
        Outcome outcome = playOnePrice(() -> {
            shop.cache().set(BYSTANDER, "other", Duration.ofMinutes(1));
            shop.cache().set(Entry.of("prices", "7"), "new", Duration.ofMinutes(1));
            shop.cache().delete(BOOK);
            shop.cache().set(CARD, GOOD_CARD, Duration.ofMinutes(1));
        });

        assertThat(outcome.faults())
                .containsExactlyInAnyOrder(
                        "session:42 has another value, and should have kept its own", "prices[7] appeared");
    }

    @Test
    void aCardWithTheOldPriceIsAFault() {
        Outcome outcome = playOnePrice(() -> {
            shop.cache().delete(BOOK);
            shop.cache().set(CARD, GOOD_CARD.replace("1.11", "1.10"), Duration.ofMinutes(1));
        });

        assertThat(outcome.faults()).containsExactly("card:1 was not stored 500 ms after the commit");
    }

    @Test
    void anOldValueReadThroughTheApiIsAFault() {
        Outcome outcome = playOnePrice(() -> {
            shop.cache().delete(BOOK);
            shop.cache().set(CARD, GOOD_CARD, Duration.ofMinutes(1));
            // Long enough for the key to be seen gone, short enough to be there again before it is read.
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            shop.cache().set(BOOK, "{\"price\": 9.99}", Duration.ofMinutes(1));
        });

        assertThat(outcome.faults())
                .contains("GET /books/1 said 200 and 9.99, not 200 and 1.11")
                .contains("book:1 has another value, and should have kept its own");
    }

    @Test
    void withoutAPipelineEveryCommittedChangeFailsAndTheRolledBackOneDoesNot() {
        Script script = Script.of(shop.catalogue());

        List<Outcome> outcomes = scene(Duration.ofMillis(50)).play(script);

        assertThat(outcomes)
                .hasSize(8)
                .allSatisfy(outcome -> assertThat(outcome.faults().isEmpty())
                        .as(outcome.change().name() + ": " + outcome.faults())
                        .isEqualTo(outcome.change().end() == End.ROLLBACK));
    }

    private Outcome playOnePrice(Runnable inThePipelinesPlace) {
        Change change = new Change(
                "the price of one book",
                List.of("update books set price = 1.11 where id = 1"),
                End.COMMIT,
                List.of(),
                Set.of(BOOK),
                Map.of(CARD, Map.of("price", "1.11")),
                List.of(new Reread(
                        "/books/1", 200, Source.MISS, body -> body.path("price").asText(), "1.11")));
        Script script = new Script(List.of("/books/1", "/books/2"), Map.of(BYSTANDER, "mine"), List.of(change));
        CompletableFuture<Void> applied = CompletableFuture.runAsync(() -> {
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> shop.catalogue().price(1).equals(Optional.of(new BigDecimal("1.11"))));
            inThePipelinesPlace.run();
        });

        List<Outcome> outcomes = scene(Duration.ofMillis(500)).play(script);

        applied.join();
        return outcomes.get(0);
    }

    private Scene scene(Duration patience) {
        return new Scene(
                shop.database(), new Reader(shop.api().address()), shop.cache(), patience, Duration.ofMillis(200));
    }
}
