package dev.freshet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** JSON by Jackson; absence is {@code null}. Thread-safe. */
public final class JacksonCodec implements Codec {

    private final ObjectMapper mapper;
    private final ConcurrentHashMap<Type, JavaType> types = new ConcurrentHashMap<>();

    /** With every module of Jackson that is on the class path. */
    public JacksonCodec() {
        this(new ObjectMapper().findAndRegisterModules());
    }

    /** @param mapper configured before and not changed afterwards */
    public JacksonCodec(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public byte[] encode(Optional<?> value) {
        try {
            return mapper.writeValueAsBytes(value.orElse(null));
        } catch (JsonProcessingException e) {
            throw new CodecException("a value cannot be written as JSON: " + kind(value.map(Object::getClass)), e);
        }
    }

    @Override
    public Optional<Object> decode(byte[] bytes, Type type) {
        JavaType wanted = types.computeIfAbsent(type, mapper::constructType);
        try {
            return Optional.ofNullable(mapper.readValue(bytes, wanted));
        } catch (IOException e) {
            throw new CodecException("a cached value is no " + type.getTypeName(), e);
        }
    }

    private static String kind(Optional<? extends Class<?>> type) {
        return type.map(Class::getName).orElse("an absence");
    }
}
