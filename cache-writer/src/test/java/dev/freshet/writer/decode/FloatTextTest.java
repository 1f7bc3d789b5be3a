package dev.freshet.writer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FloatTextTest {

    /** What {@code select x::float8::text} prints; the last ones have a shorter form in the middle of two numbers. */
    @ParameterizedTest
    @CsvSource({
        "5.684341886080802E-14, 5.684341886080802e-14",
        "9.5367431640625E-7, 9.5367431640625e-07",
        "9007199254740993, 9.007199254740992e+15",
        "9007199254740991, 9.007199254740991e+15",
        "20000000000000008, 2.0000000000000008e+16",
        "123456789012345678, 1.2345678901234568e+17",
        "2.2250738585072014E-308, 2.2250738585072014e-308",
        "-1.5, -1.5",
        "999999999999999.9, 999999999999999.9",
    })
    void aDoubleHasTheFewestDigitsThatMeanItAlone(String number, String printed) {
        assertThat(FloatText.ofDouble(Double.parseDouble(number))).isEqualTo(printed);
    }

    @Test
    void whatIsPrintedReadsBackTheSame() {
        long seed = 20261120;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            float small = Float.intBitsToFloat(random.nextInt());
            if (Double.isFinite(value) && Float.isFinite(small)) {
                assertThat(Double.parseDouble(FloatText.ofDouble(value)))
                        .describedAs("seed %d", seed)
                        .isEqualTo(value);
                assertThat(Float.parseFloat(FloatText.ofFloat(small)))
                        .describedAs("seed %d", seed)
                        .isEqualTo(small);
            }
        }
    }
}
