package dev.freshet.demo.arena;

/** The Redis that all strategies share, which can be killed and started again. Each call returns when it is done. */
public interface RedisSwitch {

    void kill();

    void start();
}
