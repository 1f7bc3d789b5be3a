package dev.freshet.benchmarks.peer;

import dev.freshet.benchmarks.resp.RespConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** The task of {@link UnlinkSink}: all that was polled together in one round trip. Confined to Connect's thread. */
public final class UnlinkSinkTask extends SinkTask {

    private static final int AT_ONCE = 512;
    private static final byte[] UNLINK = "UNLINK".getBytes(StandardCharsets.US_ASCII);

    private Optional<RespConnection> redis = Optional.empty();

    @Override
    public void start(Map<String, String> settings) {
        String address = settings.getOrDefault(UnlinkSink.REDIS, "");
        int colon = address.lastIndexOf(':');
        redis = Optional.of(
                RespConnection.open(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        RespConnection connection = redis.orElseThrow();
        List<SinkRecord> all = new ArrayList<>(records);
        int commands = 0;
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<SinkRecord> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
            connection.begin(1 + some.size());
            connection.word(UNLINK);
            some.forEach(record -> connection.word(("item:" + record.key()).getBytes(StandardCharsets.US_ASCII)));
            commands++;
        }
        connection.flush();
        for (int i = 0; i < commands; i++) {
            connection.read();
        }
    }

    @Override
    public void stop() {
        redis.ifPresent(RespConnection::close);
    }

    @Override
    public String version() {
        return "1";
    }
}
