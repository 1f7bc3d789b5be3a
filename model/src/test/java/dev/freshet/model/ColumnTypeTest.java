package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms of printed values; that every value of a real server matches is shown in JdbcCatalogueIT and PrintedValuesIT. */
final class ColumnTypeTest {

    @ParameterizedTest
    @CsvSource({
        "int8, -5, true",
        "int8, 5.0, false",
        "int8, 5:reviews, false",
        "oid, -5, false",
        "numeric, 12.50, true",
        "numeric, NaN, true",
        "numeric, -Infinity, true",
        "float8, 1e+15, true",
        "float8, 1.5e-07, true",
        "float8, -0, true",
        "bool, true, true",
        "bool, t, false",
        "uuid, a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11, true",
        "uuid, A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11, false",
        "date, 2024-02-29, true",
        "date, 0044-03-15 BC, true",
        "date, 10000-01-01, true",
        "date, -infinity, true",
        "time, 24:00:00, true",
        "timestamp, 2024-01-02 03:04:05.6, true",
        "timestamp, 0044-03-15 00:00:00 BC, true",
        "timestamp, 2024-01-02 03:04:05+00, false",
        "timestamptz, 2024-01-02 03:04:05.678901+00, true",
        "timestamptz, 0044-03-15 00:00:00+00 BC, true",
        "timestamptz, infinity, true",
        "bytea, \\x00ff, true",
        "bytea, \\x, true",
        "bytea, \\x0, false",
        "inet, ::ffff:1.2.3.4/128, true",
        "inet, 10.0.0.1, false",
        "macaddr, 08:00:2b:01:02:03, true",
    })
    void aFormMatchesWhatPrints(String type, String text, boolean matches) {
        assertThat(Pattern.matches(ColumnType.named(type).form(), text)).isEqualTo(matches);
    }

    @Test
    void aTypeNotKnownIsInNoKeyAndPrintsAnyhow() {
        ColumnType point = ColumnType.named("point");
        assertThat(point.inKeys()).isFalse();
        assertThat(point.kind()).isEqualTo(Cell.Kind.TEXT);
        assertThat(Pattern.matches(point.form(), "(1,2)")).isTrue();
    }
}
