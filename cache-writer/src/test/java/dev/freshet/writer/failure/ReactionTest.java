package dev.freshet.writer.failure;

import static dev.freshet.writer.failure.Reaction.At.ELSEWHERE;
import static dev.freshet.writer.failure.Reaction.At.RECORD;
import static dev.freshet.writer.failure.Reaction.PARK;
import static dev.freshet.writer.failure.Reaction.RETRY;
import static dev.freshet.writer.failure.Reaction.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.decode.UndecodableException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReactionTest {

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(new CacheUnavailableException("away", new IllegalStateException()), RETRY, RETRY),
                Arguments.of(new SourceUnavailableException("away", new IllegalStateException()), RETRY, RETRY),
                Arguments.of(new TimeoutException("away"), RETRY, RETRY),
                Arguments.of(new TopicAuthorizationException("books"), STOP, STOP),
                Arguments.of(new SaslAuthenticationException("who?"), STOP, STOP),
                Arguments.of(new WakeupException(), STOP, STOP),
                Arguments.of(new UndecodableException("no JSON"), PARK, STOP),
                Arguments.of(new IllegalArgumentException("no key"), PARK, STOP),
                Arguments.of(new NullPointerException(), PARK, STOP),
                Arguments.of(new OutOfMemoryError(), STOP, STOP));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void eachKindOfFailureHasItsReaction(Throwable failure, Reaction inRecord, Reaction elsewhere) {
        assertThat(Reaction.to(failure, RECORD)).isEqualTo(inRecord);
        assertThat(Reaction.to(failure, ELSEWHERE)).isEqualTo(elsewhere);
    }

    @Test
    void whatAFutureFailedWithCounts() {
        Throwable away = new CacheUnavailableException("away", new IllegalStateException());
        assertThat(Reaction.to(new CompletionException(new CompletionException(away)), ELSEWHERE))
                .isEqualTo(RETRY);
    }
}
