package dev.freshet.demo.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.demo.shop.BookPatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PatchParserTest {

    @Test
    void everyMemberIsRead() {
        BookPatch patch = parse(
                "{\"title\": \"Été\", \"price\": 12.5, \"author_id\": 7, \"genre_id\": 3, \"published\": \"2024-02-29\"}");

        assertThat(patch)
                .isEqualTo(new BookPatch(
                        Optional.of("Été"),
                        Optional.of(new BigDecimal("12.50")),
                        Optional.of(7L),
                        Optional.of(3L),
                        Optional.of(LocalDate.of(2024, 2, 29))));
    }

    @Test
    void whatIsNotNamedStaysEmpty() {
        assertThat(parse("{\"price\": 0}"))
                .isEqualTo(new BookPatch(
                        Optional.empty(),
                        Optional.of(new BigDecimal("0.00")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{}",
                "[]",
                "null",
                "7",
                "{\"price\": 1} {}",
                "{\"price\": 1, \"price\": 2}",
                "{'price': 1}",
                "{\"price\": NaN}",
                "{\"price\": 1e99999999999}"
            })
    void aBodyThatIsNoObjectWithMembersIsABadRequest(String body) {
        assertThat(refused(body).status()).isEqualTo(400);
    }

    @Test
    void aBodyNestedBeyondReasonIsABadRequest() {
        assertThat(refused("[".repeat(10_000)).status()).isEqualTo(400);
    }

    @Test
    void aBodyThatIsNoTextIsABadRequest() {
        byte[] body = "{\"title\": \"?\"}".getBytes(StandardCharsets.ISO_8859_1);
        body[11] = (byte) 0xFF;

        assertThat(catchThrowableOfType(Problem.RefusedException.class, () -> PatchParser.parse(body))
                        .problem()
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "title     | 7",
                "title     | null",
                "title     | \"\"",
                "title     | \"  \"",
                "title     | \"a\\u0000b\"",
                "title     | \"a\\nb\"",
                "title     | \"\\ud800\"",
                "price     | \"12\"",
                "price     | null",
                "price     | true",
                "price     | -0.01",
                "price     | 1.001",
                "price     | 1000000",
                "price     | 1e999999999",
                "price     | 1e-999999999",
                "author_id | 1.5",
                "author_id | \"1\"",
                "author_id | 0",
                "author_id | -3",
                "author_id | 9223372036854775808",
                "author_id | [1]",
                "genre_id  | \"1\"",
                "genre_id  | 0",
                "published | 20240229",
                "published | \"2023-02-29\"",
                "published | \"+12024-01-01\"",
                "published | \"0999-12-31\"",
                "published | \"2024-02-29T00:00\"",
                "id        | 5",
                "a~b/c     | 5"
            })
    void aWrongValueIsRefusedAndNamesItsMember(String member, String value) {
        Problem problem = refused("{\"" + member + "\": " + value + "}");

        assertThat(problem.status()).isEqualTo(422);
        assertThat(problem.errors())
                .extracting(Problem.Member::pointer)
                .containsExactly(
                        switch (member) {
                            case "a~b/c" -> "/a~0b~1c";
                            default -> "/" + member;
                        });
    }

    @Test
    void aTitleOfTwoHundredCharactersIsTheLongest() {
        String longest = "😀".repeat(200);

        assertThat(parse("{\"title\": \"" + longest + "\"}").title()).contains(longest);
        assertThat(refused("{\"title\": \"" + longest + "x\"}").status()).isEqualTo(422);
    }

    @Test
    void everyWrongMemberIsReportedAtOnce() {
        Problem problem =
                refused("{\"title\": 1, \"price\": \"x\", \"colour\": \"red\", \"published\": \"2024-01-01\"}");

        assertThat(problem.errors()).extracting(Problem.Member::pointer).containsExactly("/title", "/price", "/colour");
    }

    @Test
    void theAnswerDoesNotRepeatAnEndlessName() {
        Problem problem = refused("{\"" + "x".repeat(5000) + "\": 1}");

        assertThat(problem.errors().get(0).pointer()).hasSizeLessThan(60);
    }

    private static BookPatch parse(String body) {
        return PatchParser.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Problem refused(String body) {
        return catchThrowableOfType(Problem.RefusedException.class, () -> parse(body))
                .problem();
    }
}
