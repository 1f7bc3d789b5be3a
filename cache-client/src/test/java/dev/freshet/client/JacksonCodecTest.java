package dev.freshet.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JacksonCodecTest {

    private final JacksonCodec codec = new JacksonCodec();

    @Test
    void valuesArePlainJsonAndKeepTheirTypeArguments() {
        byte[] bytes = codec.encode(Optional.of(List.of(new Source.Book(1, "Emma"))));
        assertThat(new String(bytes, UTF_8)).isEqualTo("[{\"id\":1,\"title\":\"Emma\"}]");
        assertThat(codec.decode(bytes, new ValueType<List<Source.Book>>() {}.type()))
                .contains(List.of(new Source.Book(1, "Emma")));
    }

    @Test
    void absenceIsNull() {
        assertThat(new String(codec.encode(Optional.empty()), UTF_8)).isEqualTo("null");
        assertThat(codec.decode("null".getBytes(UTF_8), Source.Book.class)).isEmpty();
    }

    @Test
    void whatIsNoSuchValueIsAnErrorWithoutTheValue() {
        assertThatThrownBy(() -> codec.decode("s3cret".getBytes(UTF_8), Source.Book.class))
                .isInstanceOf(Codec.CodecException.class)
                .hasMessage("a cached value is no " + Source.Book.class.getName());
    }

    @Test
    void aTypeIsEqualToItself() {
        assertThat(new ValueType<List<String>>() {}).isEqualTo(new ValueType<List<String>>() {});
        assertThat(new ValueType<List<String>>() {}).isNotEqualTo(new ValueType<List<Integer>>() {});
        assertThat(ValueType.of(String.class)).isEqualTo(new ValueType<String>() {});
    }
}
