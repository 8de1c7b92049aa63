package dev.sluice.config.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A public key in a file.
 *
 * @param pem the text of the file
 * @param algorithm of the signatures that it checks: RS256 or ES256
 */
public record PublicKeyFile(Path path, String pem, String algorithm) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final int SHORTEST_RSA = 2048;
    private static final int P256 = 256;

    /** Throws {@link IllegalArgumentException} with what is needed instead. */
    public static PublicKeyFile read(Path path) {
        String text;
        try {
            text = Files.readString(path).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read", unreadable);
        }
        Matcher pem = PEM.matcher(text);
        if (!pem.matches()) {
            throw new IllegalArgumentException("a PEM file with one PUBLIC KEY is needed");
        }
        return new PublicKeyFile(path, text, algorithm(pem.group(1)));
    }

    private static String algorithm(String base64) {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("the PUBLIC KEY in it cannot be read", notBase64);
        }
        return Stream.of("RSA", "EC")
                .flatMap(kind -> key(kind, encoded).stream())
                .findFirst()
                .map(PublicKeyFile::algorithm)
                .orElseThrow(() -> new IllegalArgumentException("an RSA or EC key is needed"));
    }

    private static Optional<PublicKey> key(String kind, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException ofAnotherKind) {
            return Optional.empty();
        }
    }

    private static String algorithm(PublicKey key) {
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= SHORTEST_RSA) {
            return "RS256";
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == P256) {
            return "ES256";
        }
        throw new IllegalArgumentException(
                "an RSA key of " + SHORTEST_RSA + " bits or more or an EC key on P-256 is needed");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
