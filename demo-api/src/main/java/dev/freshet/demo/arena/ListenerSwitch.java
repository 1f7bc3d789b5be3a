package dev.freshet.demo.arena;

/** The pipeline's listener, which can be stopped and started again. Each call returns when it is done. */
public interface ListenerSwitch {

    void stop();

    void start();
}
