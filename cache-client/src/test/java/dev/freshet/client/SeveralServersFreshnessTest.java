package dev.freshet.client;

/** The same where several servers hold the keys, each with a watermark of its own. */
class SeveralServersFreshnessTest extends FreshnessTest {

    @Override
    boolean isOneServer() {
        return false;
    }
}
