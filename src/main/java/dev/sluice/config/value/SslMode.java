package dev.sluice.config.value;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** PostgreSQL's {@code sslmode}, with the meaning of its documentation; in ascending strictness. */
public enum SslMode {
    /** No TLS. */
    DISABLE,
    /** TLS if the server requires it. */
    ALLOW,
    /** TLS if the server supports it. */
    PREFER,
    /** TLS, without verification of the server. */
    REQUIRE,
    /** TLS, with a certificate of a trusted authority. */
    VERIFY_CA,
    /** As VERIFY_CA, and the certificate must be issued for the host in the URI. */
    VERIFY_FULL;

    private static final String PARAMETER = "sslmode=";

    /** The value of the URI parameter. */
    public String parameterValue() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the certificate of the server is verified. */
    public boolean verifiesCertificate() {
        return compareTo(VERIFY_CA) >= 0;
    }

    /**
     * The mode in the query of the URI; without one PREFER.
     *
     * @throws IllegalArgumentException if the mode is unknown, or the query has other TLS settings
     */
    public static SslMode fromUri(URI address) {
        List<String> parameters =
                List.of(Optional.ofNullable(address.getRawQuery()).orElse("").split("&"));
        if (parameters.stream().anyMatch(text -> text.startsWith("ssl") && !text.startsWith(PARAMETER))) {
            throw new IllegalArgumentException("sslmode is the only TLS parameter supported in the uri; use caFile");
        }
        return parameters.stream()
                .filter(text -> text.startsWith(PARAMETER))
                .reduce((first, last) -> last)
                .map(text -> parse(text.substring(PARAMETER.length())))
                .orElse(PREFER);
    }

    private static SslMode parse(String value) {
        return Arrays.stream(values())
                .filter(mode -> mode.parameterValue().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sslmode must be one of "
                        + String.join(
                                ", ",
                                Arrays.stream(values())
                                        .map(SslMode::parameterValue)
                                        .toList())));
    }
}
