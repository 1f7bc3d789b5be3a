package dev.freshet.client;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * The type of a cached value, with its type arguments: {@code new ValueType<List<Book>>() {}}. Immutable; equal to another
 * of the same type.
 */
public abstract class ValueType<T> {

    private final Type type;

    protected ValueType() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType generic)) {
            throw new IllegalStateException("say the type: new ValueType<List<Book>>() {}");
        }
        this.type = generic.getActualTypeArguments()[0];
    }

    private ValueType(Type type) {
        this.type = type;
    }

    public static <T> ValueType<T> of(Class<T> type) {
        return new ValueType<>(type) {};
    }

    public final Type type() {
        return type;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof ValueType<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public String toString() {
        return type.getTypeName();
    }
}
