package dev.freshet.stack;

import java.nio.file.Path;
import java.util.Arrays;

/** A program that starts a stack, tells the servers' process ids, and waits to be killed. */
final class Owner {

    private Owner() {}

    /** @param args the names of the servers, and perhaps a data directory */
    public static void main(String[] args) throws InterruptedException {
        EmbeddedStack.Builder builder = EmbeddedStack.builder();
        for (String arg : args) {
            switch (arg) {
                case "postgres" -> builder.postgres();
                case "redis" -> builder.redis();
                case "kafka" -> builder.kafka();
                default -> builder.dataDir(Path.of(arg));
            }
        }
        EmbeddedStack stack = builder.start();
        if (Arrays.asList(args).contains("postgres")) {
            System.out.println(stack.postgres().pid());
        }
        if (Arrays.asList(args).contains("redis")) {
            System.out.println(stack.redis().pid());
        }
        if (Arrays.asList(args).contains("kafka")) {
            System.out.println(stack.kafka().pid());
        }
        System.out.println("ready");
        Thread.currentThread().join();
    }
}
