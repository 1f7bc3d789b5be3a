package dev.freshet.system.reads;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

/** Tells the reading thread how its read was answered, whichever thread ended it. Thread-safe. */
final class Outcomes implements ObservationHandler<Observation.Context> {

    private final ThreadLocal<Holder> reading = ThreadLocal.withInitial(Holder::new);

    private static final class Holder {
        private volatile String outcome = "";
    }

    /** To be called before the read, on its thread. */
    void expect() {
        reading.set(new Holder());
    }

    /** The outcome of the read since. */
    String told() {
        return reading.get().outcome;
    }

    @Override
    public void onStart(Observation.Context context) {
        context.put(Holder.class, reading.get());
    }

    @Override
    public void onStop(Observation.Context context) {
        Holder holder = context.getRequired(Holder.class);
        KeyValue outcome = context.getLowCardinalityKeyValue("outcome");
        holder.outcome = outcome == null ? "failed" : outcome.getValue();
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }
}
