package dev.freshet.demo.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts that the demo brings along. */
public final class Resources {

    private static final String DIRECTORY = "/dev/freshet/demo/";

    private Resources() {}

    /** @throws IllegalStateException where there is no such text */
    public static String text(String name) {
        try (InputStream resource = Resources.class.getResourceAsStream(DIRECTORY + name)) {
            if (resource == null) {
                throw new IllegalStateException(name + " is not on the class path; build the demo again");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
