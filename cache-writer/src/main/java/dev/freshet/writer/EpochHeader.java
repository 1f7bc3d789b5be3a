package dev.freshet.writer;

import dev.freshet.writer.decode.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The header in which our listener states the epoch of a record's position. */
public final class EpochHeader {

    private static final String NAME = "freshet.epoch";

    private EpochHeader() {}

    /**
     * The epoch; empty in records of others.
     *
     * @throws UndecodableException where the header is no number
     */
    public static OptionalLong read(Headers headers) {
        Header header = headers.lastHeader(NAME);
        if (header == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(new String(header.value(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException e) {
            throw new UndecodableException("the header " + NAME + " is no number");
        }
    }

    /** The epoch; empty also where the header is no number. */
    static OptionalLong readIfAny(Headers headers) {
        try {
            return read(headers);
        } catch (UndecodableException e) {
            return OptionalLong.empty();
        }
    }
}
