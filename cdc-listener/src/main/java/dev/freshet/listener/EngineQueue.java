package dev.freshet.listener;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.common.utils.Sanitizer;

/** What the engine holds that it has not handed over, as it tells it through JMX. Thread-safe. */
final class EngineQueue {

    private final ObjectName streaming;

    EngineQueue(String pipeline) {
        try {
            this.streaming = new ObjectName("debezium.postgres:type=connector-metrics,context=streaming,server="
                    + Sanitizer.jmxSanitize(pipeline));
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("not a pipeline's name", e);
        }
    }

    double records() {
        return capacity() - number("QueueRemainingCapacity");
    }

    double capacity() {
        return number("QueueTotalCapacity");
    }

    double bytes() {
        return number("CurrentQueueSizeInBytes");
    }

    /** NaN while no engine runs. */
    private double number(String attribute) {
        try {
            Object told = ManagementFactory.getPlatformMBeanServer().getAttribute(streaming, attribute);
            return told instanceof Number number ? number.doubleValue() : Double.NaN;
        } catch (JMException e) {
            return Double.NaN;
        }
    }
}
