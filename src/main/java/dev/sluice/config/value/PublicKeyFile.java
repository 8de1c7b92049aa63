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
 * A public key from a PEM file.
 *
 * @param pem content of the file
 * @param algorithm of the signatures: RS256 or ES256
 */
public record PublicKeyFile(Path path, String pem, String algorithm) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final int MIN_RSA_BITS = 2048;
    private static final int P256_BITS = 256;

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if it has no usable public key; the message names the expected content
     */
    public static PublicKeyFile read(Path path) {
        String text;
        try {
            text = Files.readString(path).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the file cannot be read", unreadable);
        }
        Matcher pem = PEM.matcher(text);
        if (!pem.matches()) {
            throw new IllegalArgumentException("must be a PEM file with one PUBLIC KEY");
        }
        return new PublicKeyFile(path, text, algorithm(pem.group(1)));
    }

    private static String algorithm(String base64) {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("the PUBLIC KEY cannot be decoded", notBase64);
        }
        return Stream.of("RSA", "EC")
                .flatMap(name -> key(name, encoded).stream())
                .findFirst()
                .map(PublicKeyFile::algorithm)
                .orElseThrow(() -> new IllegalArgumentException("must be an RSA or EC key"));
    }

    private static Optional<PublicKey> key(String keyAlgorithm, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(keyAlgorithm).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException otherAlgorithm) {
            return Optional.empty();
        }
    }

    private static String algorithm(PublicKey key) {
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS) {
            return "RS256";
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == P256_BITS) {
            return "ES256";
        }
        throw new IllegalArgumentException(
                "must be an RSA key of at least " + MIN_RSA_BITS + " bits or an EC key on P-256");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
