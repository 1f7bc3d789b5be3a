package dev.freshet.writer.decode;

import java.nio.charset.StandardCharsets;

/** Envelopes as Debezium's JSON converter writes them. */
final class Envelopes {

    static final String SOURCE = "{\"version\":\"3.6.3.Final\",\"connector\":\"postgresql\",\"name\":\"shop\","
            + "\"ts_ms\":1704164645678,\"snapshot\":\"false\",\"db\":\"shop\","
            + "\"sequence\":\"[\\\"24000000\\\",\\\"24000128\\\"]\",\"ts_us\":1704164645678901,"
            + "\"ts_ns\":1704164645678901000,\"schema\":\"public\",\"table\":\"books\",\"txId\":778,\"lsn\":24000128,"
            + "\"xmin\":null}";

    private Envelopes() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Without its schema part, as our listener writes it. */
    static String change(String operation, String before, String after) {
        return change(operation, before, after, SOURCE);
    }

    static String change(String operation, String before, String after, String source) {
        return "{\"before\":" + before + ",\"after\":" + after + ",\"source\":" + source + ",\"transaction\":null,"
                + "\"op\":\"" + operation + "\",\"ts_ms\":1704164645700,\"ts_us\":1704164645700123}";
    }

    /** With its schema part; {@code columns} are Connect's field schemas. */
    static String withSchema(String envelope, String columns) {
        return "{\"schema\":{\"type\":\"struct\",\"fields\":["
                + "{\"type\":\"struct\",\"fields\":[" + columns + "],\"optional\":true,\"field\":\"before\"},"
                + "{\"type\":\"struct\",\"fields\":[" + columns + "],\"optional\":true,\"field\":\"after\"}],"
                + "\"optional\":false,\"name\":\"shop.public.books.Envelope\"},\"payload\":" + envelope + "}";
    }
}
