package dev.sluice.config.value;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** PostgreSQL's {@code sslmode}, with the meaning that its documentation gives it; from the least demanding to the most. */
public enum SslMode {
    /** Never TLS. */
    DISABLE,
    /** TLS if the server lets nobody in without. */
    ALLOW,
    /** TLS if the server has it. */
    PREFER,
    /** TLS or nothing, whoever the server is. */
    REQUIRE,
    /** And its certificate has to come from a trusted authority. */
    VERIFY_CA,
    /** And it has to be made out to the host in the uri. */
    VERIFY_FULL;

    private static final String PARAMETER = "sslmode=";

    /** As it is written in a uri. */
    public String parameterValue() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the server has to prove who it is. */
    public boolean verifiesCertificate() {
        return compareTo(VERIFY_CA) >= 0;
    }

    /**
     * What the parameters of the address ask for; PREFER when nothing.
     *
     * @throws IllegalArgumentException if the mode is none, or other settings of TLS stand there
     */
    public static SslMode fromUri(URI address) {
        List<String> parameters =
                List.of(Optional.ofNullable(address.getRawQuery()).orElse("").split("&"));
        if (parameters.stream().anyMatch(text -> text.startsWith("ssl") && !text.startsWith(PARAMETER))) {
            throw new IllegalArgumentException("of TLS only sslmode goes among the parameters; see caFile");
        }
        return parameters.stream()
                .filter(text -> text.startsWith(PARAMETER))
                .reduce((first, last) -> last)
                .map(text -> named(text.substring(PARAMETER.length())))
                .orElse(PREFER);
    }

    private static SslMode named(String wire) {
        return Arrays.stream(values())
                .filter(mode -> mode.parameterValue().equals(wire))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sslmode is one of "
                        + String.join(
                                ", ",
                                Arrays.stream(values())
                                        .map(SslMode::parameterValue)
                                        .toList())));
    }
}
