package dev.freshet.listener;

import dev.freshet.listener.ChangePublisher.Acknowledgement;
import java.util.ArrayList;
import java.util.List;

/**
 * Records that are sent together, in their order. Kafka's sender goes off with the first record that it finds; what is made
 * ready before and then sent at once goes in fewer and larger requests, each of which costs the broker more than its records
 * do. Confined to one thread.
 */
final class Burst {

    /** Few enough that the sender has something to do while the next are made ready. */
    static final int RECORDS = 64;

    /** However few these are: each may be as large as Kafka takes. */
    static final int BYTES = 128 * 1024;

    private final ChangePublisher publisher;
    private final List<Ready> ready = new ArrayList<>();
    private int bytes;

    private record Ready(OutgoingRecord record, Acknowledgement acknowledgement) {}

    Burst(ChangePublisher publisher) {
        this.publisher = publisher;
    }

    /** Sends the record, now or with those that come next. */
    void add(OutgoingRecord record, Acknowledgement acknowledgement) {
        ready.add(new Ready(record, acknowledgement));
        bytes += record.size();
        if (ready.size() >= RECORDS || bytes >= BYTES) {
            send();
        }
    }

    /** Sends what was added and is not sent yet. */
    void send() {
        ready.forEach(one -> publisher.send(one.record, one.acknowledgement));
        ready.clear();
        bytes = 0;
    }
}
