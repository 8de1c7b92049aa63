package dev.sluice.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1, ::ffff:192.0.2.1, true",
        "::ffff:192.0.2.1, ::ffff:192.0.2.2, false",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff::2, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "::1, 127.0.0.1, false",
        "fe80::1%1, fe80::2%1, true"
    })
    void isEqualForAddressesOfOneClient(String one, String other, boolean equal) {
        assertThat(ClientAddress.of(one).equals(ClientAddress.of(other))).isEqualTo(equal);
    }
}
