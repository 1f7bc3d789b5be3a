package dev.freshet.demo.shop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What lets the owner of an account in. The database holds its hash alone, which needs no salt: a token is no password, it
 * has more bits than can be tried.
 */
public final class AccountToken {

    private AccountToken() {}

    /**
     * The token of a generated account. It follows from the seed, as all of the demo's data does, and keeps no secret of
     * anybody.
     */
    static String generated(long seed, long account) {
        return "shop-" + hash(seed + ":" + account).substring(0, 32);
    }

    /** As {@code accounts.token_hash} has it. */
    public static String hash(String token) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
