package dev.freshet.writer.decode;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Floating point numbers as PostgreSQL 12 and newer prints them: the fewest digits that read back the same, in plain
 * form for exponents from -4 up to 14 (5 for float4), else with an exponent of at least two digits.
 */
final class FloatText {

    private FloatText() {}

    static String ofDouble(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
            return special(value);
        }
        int fewest = 1;
        if (Math.abs(value) > 1e-300 && Math.abs(value) < 1L << 53) {
            // Here no two numbers of 15 digits mean one double, and none lies in the middle of two doubles.
            BigDecimal ordinary =
                    new BigDecimal(Double.toString(value)).round(new MathContext(15, RoundingMode.HALF_EVEN));
            if (ordinary.doubleValue() == value) {
                return print(ordinary, 15);
            }
            fewest = 16;
        }
        return print(shortest(new BigDecimal(value), new BigDecimal(Math.nextDown(value)), up(value), fewest, 17), 15);
    }

    static String ofFloat(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value) || value == 0) {
            return special(value);
        }
        return print(shortest(new BigDecimal(value), new BigDecimal(Math.nextDown(value)), up(value), 1, 9), 6);
    }

    /** What would follow the largest number stands for infinity in the comparison. */
    private static BigDecimal up(double value) {
        return Math.nextUp(value) == Double.POSITIVE_INFINITY
                ? new BigDecimal(value).add(new BigDecimal(Math.ulp(value)))
                : new BigDecimal(Math.nextUp(value));
    }

    private static BigDecimal up(float value) {
        return Math.nextUp(value) == Float.POSITIVE_INFINITY
                ? new BigDecimal(value).add(new BigDecimal(Math.ulp(value)))
                : new BigDecimal(Math.nextUp(value));
    }

    /**
     * The number of fewest digits that lies nearer to {@code exact} than to both neighbours. What lies in the middle reads
     * back by the rule for ties, on which PostgreSQL does not rely. Below a power of two the neighbours lie closer
     * together, so that the number rounded the other way may be the one.
     */
    private static BigDecimal shortest(BigDecimal exact, BigDecimal below, BigDecimal above, int fewest, int most) {
        BigDecimal from = exact.add(below);
        BigDecimal to = exact.add(above);
        for (int digits = fewest; digits < most; digits++) {
            BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            BigDecimal other = exact.round(
                    new MathContext(digits, nearest.compareTo(exact) < 0 ? RoundingMode.CEILING : RoundingMode.FLOOR));
            for (BigDecimal candidate : new BigDecimal[] {nearest, other}) {
                BigDecimal twice = candidate.add(candidate);
                if (twice.compareTo(from) > 0 && twice.compareTo(to) < 0) {
                    return candidate;
                }
            }
        }
        return exact.round(new MathContext(most, RoundingMode.HALF_EVEN));
    }

    private static String special(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        return Double.toString(value);
    }

    private static String print(BigDecimal shortest, int plainBelow) {
        BigDecimal stripped = shortest.stripTrailingZeros();
        int exponent = stripped.precision() - stripped.scale() - 1;
        if (exponent >= -4 && exponent < plainBelow) {
            return stripped.toPlainString();
        }
        String digits = stripped.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return String.format(
                Locale.ROOT,
                "%s%se%s%02d",
                stripped.signum() < 0 ? "-" : "",
                mantissa,
                exponent < 0 ? "-" : "+",
                Math.abs(exponent));
    }
}
