package dev.freshet.demo.api;

import static dev.freshet.demo.api.Http.json;
import static dev.freshet.demo.api.Http.problem;
import static dev.freshet.demo.api.Http.source;
import static java.util.Comparator.comparing;
import static java.util.Comparator.reverseOrder;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.Shop;
import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Order;
import dev.freshet.demo.shop.Review;
import dev.freshet.redis.PlainCache.Entry;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists, joins, boards, stock and reviews on a real PostgreSQL and a real Redis, with no pipeline behind them. */
final class ShopApiIT {

    private static Shop shop;
    private static Http http;

    @BeforeAll
    static void start() {
        shop = Shop.open();
        http = new Http(shop.api().address());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void emptyCache() {
        shop.emptyCache();
    }

    @ParameterizedTest
    @CsvSource({
        "/books, shelf::-:id:1x20",
        "/books?genre=3&sort=-price&page=2&size=5, shelf:3:-:-price:2x5",
        "/books?max_price=20&min_price=5&sort=published, shelf::5-20:published:1x20",
        "/authors/1, author:1:page",
        "/bestsellers, bestsellers",
        "/genres, genres",
        "/stock/1, stock:1",
        "/books/1/reviews, reviews:1:1",
    })
    void aReadFillsItsKeyAndTheNextOneIsAHit(String path, String key) throws Exception {
        HttpResponse<String> first = http.get(path);
        HttpResponse<String> second = http.get(path);

        json(first);
        assertThat(source(first)).isEqualTo("miss");
        assertThat(source(second)).isEqualTo("hit");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(shop.cached()).containsExactly(Map.entry(Entry.of(key), first.body()));
        assertThat(first.headers().firstValue("X-Staleness").orElseThrow()).matches("\\d+\\.\\d{3}");
        // No pipeline, no watermark: nobody can tell how old it is.
        assertThat(second.headers().firstValue("X-Staleness")).contains("unknown");
        assertThat(second.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void variantsThatMeanTheSameShareAKey() throws Exception {
        assertThat(source(http.get("/books"))).isEqualTo("miss");
        assertThat(source(http.get("/books?size=20&page=1&sort=id"))).isEqualTo("hit");
        assertThat(source(http.get("/books?sort=id&size=20"))).isEqualTo("hit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "-id", "title", "-title", "price", "-price", "published", "-published"})
    void theMatchingBooksComeInOrderAndEachOnOnePage(String sort) throws Exception {
        List<Long> found = new ArrayList<>();
        int pages = 0;
        HttpResponse<String> page = http.get("/books?genre=5&min_price=10&max_price=40&size=4&sort=" + sort);
        while (page.statusCode() == 200) {
            ids(json(page).path("books")).forEach(found::add);
            pages++;
            page = http.get("/books?genre=5&min_price=10&max_price=40&size=4&sort=" + sort + "&page=" + (pages + 1));
        }

        List<Long> expected = shop.data().books().stream()
                .filter(book -> book.genreId() == 5
                        && book.price().compareTo(BigDecimal.TEN) >= 0
                        && book.price().compareTo(new BigDecimal(40)) <= 0)
                .sorted(order(sort))
                .map(Book::id)
                .toList();
        assertThat(pages).isGreaterThan(2);
        if (sort.endsWith("title")) {
            // PostgreSQL's order of letters is not Java's.
            assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        } else {
            assertThat(found).containsExactlyElementsOf(expected);
        }
        problem(page, 404);
    }

    private static Comparator<Book> order(String sort) {
        Comparator<Book> order = switch (sort.replace("-", "")) {
            case "price" -> comparing(Book::price);
            case "published" -> comparing(Book::published);
            case "title" -> comparing(Book::title);
            default -> comparing(Book::id);
        };
        Comparator<Book> all = order.thenComparing(Book::id);
        return sort.startsWith("-") ? all.reversed() : all;
    }

    @Test
    void aListTellsHowManyThereAre() throws Exception {
        JsonNode shelf = json(http.get("/books?genre=5&size=1"));

        assertThat(shelf.path("total").asLong())
                .isEqualTo(shop.data().books().stream()
                        .filter(book -> book.genreId() == 5)
                        .count());
        assertThat(shelf.path("books")).hasSize(1);
    }

    @Test
    void anAuthorsPageJoinsBooksAndGenres() throws Exception {
        List<Book> books = shop.data().books().stream()
                .filter(book -> book.authorId() == 2)
                .toList();

        JsonNode page = json(http.get("/authors/2"));

        assertThat(page.path("name").asText())
                .isEqualTo(shop.data().authors().get(1).name());
        assertThat(page.path("book_count").asInt()).isEqualTo(books.size());
        assertThat(page.path("lowest_price").decimalValue())
                .isEqualByComparingTo(books.stream()
                        .map(Book::price)
                        .min(Comparator.naturalOrder())
                        .orElseThrow());
        assertThat(texts(page.path("books"), "genre"))
                .containsExactlyInAnyOrderElementsOf(books.stream()
                        .map(book -> shop.data()
                                .genres()
                                .get((int) book.genreId() - 1)
                                .name())
                        .toList());
        assertThat(texts(page.path("books"), "published")).isSortedAccordingTo(reverseOrder());
    }

    @Test
    void theBoardCountsTheCopiesThatWereSold() throws Exception {
        Map<Long, Integer> sold = shop.data().orders().stream()
                .collect(Collectors.groupingBy(Order::bookId, Collectors.summingInt(Order::quantity)));
        List<Long> expected = sold.entrySet().stream()
                .sorted(Map.Entry.<Long, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(20)
                .map(Map.Entry::getKey)
                .toList();

        JsonNode board = json(http.get("/bestsellers")).path("books");

        assertThat(ids(board)).containsExactlyElementsOf(expected);
        assertThat(board.get(0).path("sold").asInt()).isEqualTo(sold.get(expected.get(0)));
    }

    @Test
    void reviewsComeTheLatestFirstWithTheirAverage() throws Exception {
        List<Review> reviews = shop.data().reviews().stream()
                .filter(review -> review.bookId() == 30)
                .toList();

        JsonNode first = json(http.get("/books/30/reviews"));
        JsonNode second = json(http.get("/books/30/reviews?page=2"));

        assertThat(first.path("review_count").asInt()).isEqualTo(reviews.size());
        assertThat(first.path("average_stars").doubleValue())
                .isCloseTo(
                        reviews.stream().mapToInt(Review::stars).average().orElseThrow(),
                        org.assertj.core.data.Offset.offset(0.006));
        assertThat(first.path("reviews")).hasSize(10);
        assertThat(texts(first.path("reviews"), "body").get(0))
                .isEqualTo(reviews.get(reviews.size() - 1).body());
        assertThat(ids(second.path("reviews")).get(0))
                .isLessThan(ids(first.path("reviews")).get(9));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/books?page=100000",
                "/books?genre=999",
                "/books?min_price=999999&page=2",
                "/books?genre=999999999999999999&size=100",
                "/authors/999999",
                "/authors/999999999999999999",
                "/stock/999999",
                "/books/999999/reviews",
                "/books/1/reviews?page=1000",
                "/bestsellers/1",
                "/account/1",
                "/openapi.yaml"
            })
    void whatIsNotThereIsNotFoundAndNotCached(String path) throws Exception {
        problem(http.get(path), 404);

        assertThat(shop.cached()).isEmpty();
    }

    @Test
    void aListOfNothingIsAnEmptyList() throws Exception {
        JsonNode shelf = json(http.get("/books?min_price=999999"));

        assertThat(shelf.path("books")).isEmpty();
        assertThat(shelf.path("total").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/books?page=0 page",
                "/books?page=-1 page",
                "/books?page=100001 page",
                "/books?page=999999999999999999999999 page",
                "/books?page=1.5 page",
                "/books?page=one page",
                "/books?page= page",
                "/books?page page",
                "/books?page=1&page=2 page",
                "/books?size=0 size",
                "/books?size=101 size",
                "/books?size=1000000000 size",
                "/books?sort=password sort",
                "/books?sort=id;drop%20table%20books sort",
                "/books?sort=ID sort",
                "/books?sort= sort",
                "/books?genre=Crime genre",
                "/books?genre=1%20or%201=1 genre",
                "/books?genre=%00 genre",
                "/books?genre=%2a genre",
                "/books?min_price=-1 min_price",
                "/books?min_price=1e3 min_price",
                "/books?max_price=1000000 max_price",
                "/books?max_price=NaN max_price",
                "/books?pages=2 ?",
                "/books?Page=2 ?",
                "/books?%3Cscript%3E=1 ?",
                "/books?author=1&page=2 ?",
                "/books?a%0d%0aX:%20y=1 ?",
                "/authors?page=1&size=3 ?",
                "/books/1/reviews?page=0 page",
                "/books/1/reviews?stars=5 ?",
            })
    void aWrongParameterIsNamed(String path, String parameter) throws Exception {
        JsonNode problem = problem(http.get(path), 400);

        assertThat(texts(problem.path("errors"), "pointer")).containsExactly(parameter);
        assertThat(texts(problem.path("errors"), "detail")).noneMatch(String::isBlank);
        assertThat(shop.cached()).isEmpty();
    }

    @Test
    void everyWrongParameterIsToldAtOnceAndNoneIsRepeated() throws Exception {
        HttpResponse<String> response = http.get("/books?page=0&size=x&sort=%3Cb%3E&evil%3Cscript%3E=1");

        assertThat(texts(problem(response, 400).path("errors"), "pointer"))
                .containsExactly("sort", "page", "size", "?");
        assertThat(response.body()).doesNotContain("script").doesNotContain("<b>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/authors/", "/stock/"})
    void whatIsNoIdIsABadRequest(String prefix) throws Exception {
        for (String id : List.of("0", "-1", "abc", "1.0", "01", "9999999999999999999", "%27", "*", "1%20", "%D9%A1")) {
            problem(http.get(prefix + id), 400);
        }
        assertThat(shop.cached()).isEmpty();
    }

    @Test
    void aWriteChangesTheDatabaseAndLeavesTheCacheToThePipeline() throws Exception {
        String before = http.get("/stock/7").body();

        JsonNode written = json(http.send("PUT", "/stock/7", "{\"quantity\": 7777}"));

        assertThat(written.path("quantity").asInt()).isEqualTo(7777);
        assertThat(http.get("/stock/7").body()).isEqualTo(before);
        shop.cache().delete(Entry.of("stock:7"));
        assertThat(json(http.get("/stock/7")).path("quantity").asInt()).isEqualTo(7777);
    }

    @Test
    void whoShowsTheTokenOfAWriteReadsNothingOlder() throws Exception {
        String before = http.get("/stock/8").body();
        HttpResponse<String> written = http.send("PUT", "/stock/8", "{\"quantity\": 8888}");
        String token = written.headers().firstValue("X-Write-Token").orElseThrow();

        HttpResponse<String> mine = http.get("/stock/8", "X-Write-Token", token);
        HttpResponse<String> others = http.get("/stock/8");

        assertThat(mine.body()).isEqualTo(written.body()).isNotEqualTo(before);
        assertThat(source(mine)).isEqualTo("bypass");
        assertThat(others.body()).isEqualTo(before);
    }

    @Test
    void whoWantsItFreshReadsPastACacheOfUnknownAge() throws Exception {
        http.get("/stock/9");

        assertThat(source(http.get("/stock/9", "X-Max-Staleness", "5"))).isEqualTo("bypass");
        assertThat(source(http.get("/stock/9", "X-Max-Staleness", "0"))).isEqualTo("bypass");
        assertThat(source(http.get("/stock/9"))).isEqualTo("hit");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "X-Max-Staleness soon",
                "X-Max-Staleness -1",
                "X-Max-Staleness 1e9",
                "X-Max-Staleness 99999999999999999999",
                "X-Max-Staleness 2s",
                "X-Write-Token x",
                "X-Write-Token 1:2",
                "X-Write-Token 1:1:zz/1",
                "X-Write-Token 1:99999999999999999999999999:0/1",
                "X-Write-Token 1:1:0/FFFFFFFFFFFFFFFFFF"
            })
    void aDemandThatCannotBeReadIsABadRequest(String header, String value) throws Exception {
        assertThat(problem(http.get("/stock/1", header, value), 400)
                        .path("detail")
                        .asText())
                .contains(header);
    }

    @Test
    void aReviewIsWritten() throws Exception {
        HttpResponse<String> response =
                http.send("POST", "/books/40/reviews", "{\"stars\": 5, \"body\": \"Rock'n'roll\\\\; \\\"quoted\\\"\"}");

        assertThat(response.statusCode()).isEqualTo(201);
        JsonNode reviews = json(http.get("/books/40/reviews")).path("reviews");
        assertThat(reviews.get(0).path("body").asText()).isEqualTo("Rock'n'roll\\; \"quoted\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT  | /stock/1         | {\"quantity\": -1}                      | 422 | /quantity",
                "PUT  | /stock/1         | {\"quantity\": 1.5}                     | 422 | /quantity",
                "PUT  | /stock/1         | {\"quantity\": \"many\"}                | 422 | /quantity",
                "PUT  | /stock/1         | {\"quantity\": null}                    | 422 | /quantity",
                "PUT  | /stock/1         | {\"quantity\": 99999999999999999999}    | 422 | /quantity",
                "PUT  | /stock/1         | {\"quantity\": 1e999999999}             | 422 | /quantity",
                "PUT  | /stock/1         | {\"copies\": 1}                         | 422 | /quantity /copies",
                "PUT  | /stock/1         | {\"quantity\": 1, \"book_id\": 2}       | 422 | /book_id",
                "PUT  | /stock/1         | []                                      | 400 |",
                "PUT  | /stock/1         | {}                                      | 400 |",
                "PUT  | /stock/1         | 7                                       | 400 |",
                "PUT  | /stock/1         | {\"quantity\": 1}{}                     | 400 |",
                "PUT  | /stock/999999    | {\"quantity\": 1}                       | 404 |",
                "PUT  | /stock/x         | {\"quantity\": 1}                       | 400 |",
                "POST | /books/1/reviews | {\"stars\": 0, \"body\": \"x\"}         | 422 | /stars",
                "POST | /books/1/reviews | {\"stars\": 6, \"body\": \"x\"}         | 422 | /stars",
                "POST | /books/1/reviews | {\"stars\": true, \"body\": \"x\"}      | 422 | /stars",
                "POST | /books/1/reviews | {\"stars\": 5}                          | 422 | /body",
                "POST | /books/1/reviews | {\"stars\": 5, \"body\": \" \"}         | 422 | /body",
                "POST | /books/1/reviews | {\"stars\": 5, \"body\": \"a\\u0000b\"} | 422 | /body",
                "POST | /books/1/reviews | {\"stars\": 5, \"body\": [\"x\"]}       | 422 | /body",
                "POST | /books/9999/reviews | {\"stars\": 5, \"body\": \"x\"}      | 404 |",
                "PATCH | /books/1        | {\"genre_id\": 999999}                  | 422 | /genre_id",
            })
    void aWrongBodyIsRefusedAndNamesItsMembers(String method, String path, String body, int status, String pointers)
            throws Exception {
        JsonNode problem = problem(http.send(method, path, body), status);

        List<String> expected = pointers == null ? List.of() : List.of(pointers.split(" "));
        assertThat(texts(problem.path("errors"), "pointer")).containsExactlyElementsOf(expected);
    }

    @Test
    void aBodyOfAnotherMediaTypeIsRefused() throws Exception {
        problem(http.send("PUT", "/stock/1", "", "Content-Type", "text/plain"), 415);
        problem(http.send("POST", "/books/1/reviews", "", "Content-Type", "application/x-www-form-urlencoded"), 415);
    }

    private static List<Long> ids(JsonNode array) {
        return all(array, item -> item.path("id").asLong());
    }

    private static List<String> texts(JsonNode array, String member) {
        return all(array, item -> item.path(member).asText());
    }

    private static <T> List<T> all(JsonNode array, Function<JsonNode, T> view) {
        return StreamSupport.stream(array.spliterator(), false).map(view).toList();
    }
}
