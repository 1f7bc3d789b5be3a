package dev.freshet.system.attach;

import dev.freshet.stack.EmbeddedStack;
import java.util.concurrent.CountDownLatch;

/** A program that starts servers, tells their process ids, and stays until it is killed. */
final class StackHolder {

    private StackHolder() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedStack stack = EmbeddedStack.builder().postgres().redis().kafka().start();
        System.out.println("postgres\t" + stack.postgres().pid());
        System.out.println("redis\t" + stack.redis().pid());
        System.out.println("kafka\t" + stack.kafka().pid());
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
