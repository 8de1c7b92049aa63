package dev.sluice.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    private static final AddressPolicy STRICT = new AddressPolicy(false);
    private static final AddressPolicy PRIVATE_ALLOWED = new AddressPolicy(true);

    @Test
    void rejectsPublicAddressesOfThisHost() throws Exception {
        List<InetAddress> address = List.of(InetAddress.getByName("8.8.8.8"));

        assertThatThrownBy(() -> STRICT.check(address, own -> true)).hasMessageContaining("this host");
        assertThatCode(() -> STRICT.check(address, own -> false)).doesNotThrowAnyException();
        assertThatCode(() -> PRIVATE_ALLOWED.check(address, own -> true)).doesNotThrowAnyException();
        assertThat(AddressPolicy.isOfThisHost(InetAddress.getLoopbackAddress())).isTrue();
        assertThat(AddressPolicy.isOfThisHost(InetAddress.getByName("192.0.2.1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost.",
                "a.localhost",
                "127.0.0.1",
                "127.0.0.1.",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f000001",
                "0X7F.1",
                "0x7f.0.0.0x1",
                "0177.0.0.1",
                "017700000001",
                "127.255.255.254",
                "10.0.0.1",
                "10.255.255.255",
                "0xa000001",
                "100.64.0.1",
                "100.127.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "192.168.257",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::ffff:10.0.0.1]",
                "[fc00::1]",
                "[fd12:3456::1]",
                "[64:ff9b::10.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[2002:7f00:1::]",
                "[2002:c0a8:1::1]",
                "[2a00:1450::5efe:10.0.0.1]",
                "[2a00:1450::200:5efe:192.168.0.1]"
            })
    void rejectsLocalAndPrivateHostsUnlessAllowed(String host) {
        WebhookUrl url = WebhookUrl.parse("http://" + host + ":8080/hook");

        assertThatThrownBy(() -> STRICT.check(url))
                .isInstanceOf(ForbiddenAddressException.class)
                .hasMessageContaining("backend.webhookAllowPrivate");
        assertThatCode(() -> PRIVATE_ALLOWED.check(url)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "0xa9fea9fe",
                "2852039166",
                "169.254.43518",
                "192.0.0.1",
                "192.0.2.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.1.1.1",
                "240.0.0.1",
                "255.255.255.255",
                "192.88.99.1",
                "[::]",
                "[::127.0.0.1]",
                "[::8.8.8.8]",
                "[::ffff:169.254.169.254]",
                "[fe80::1]",
                "[febf::1]",
                "[fec0::1]",
                "[ff02::1]",
                "[2001:db8::1]",
                "[2001::1]",
                "[2001:1ff::1]",
                "[2002:a9fe:a9fe::]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::1]",
                "[100::1]",
                "[3fff::1]",
                "[4000::1]",
                "[::ffff:0:8.8.8.8]",
                "[::ffff:0.0.0.0]"
            })
    void rejectsReservedAddressesAlways(String host) {
        WebhookUrl url = WebhookUrl.parse("http://" + host + "/");

        assertThatThrownBy(() -> STRICT.check(url)).isInstanceOf(ForbiddenAddressException.class);
        assertThatThrownBy(() -> PRIVATE_ALLOWED.check(url)).isInstanceOf(ForbiddenAddressException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hooks.example.com",
                "8.8.8.8",
                "0x08080808",
                "134744072",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "[::ffff:8.8.8.8]",
                "[64:ff9b::8.8.8.8]",
                "[2002:808:808::1]",
                "[2001:200::1]",
                "[2606:4700::1111]",
                "[2a00:1450::1]"
            })
    void acceptsPublicHosts(String host) {
        assertThatCode(() -> STRICT.check(WebhookUrl.parse("https://" + host + "/")))
                .doesNotThrowAnyException();
    }

    @Test
    void rejectsHostWhenAnyAddressIsForbidden() throws UnknownHostException {
        InetAddress allowed = InetAddress.getByName("8.8.8.8");
        InetAddress forbidden = InetAddress.getByName("10.0.0.1");

        assertThatThrownBy(() -> STRICT.check(List.of(allowed, forbidden)))
                .isInstanceOf(ForbiddenAddressException.class);
        assertThatCode(() -> STRICT.check(List.of(allowed))).doesNotThrowAnyException();
    }

    @Test
    void errorMessageContainsNoPath() {
        assertThatThrownBy(() -> STRICT.check(WebhookUrl.parse("http://10.0.0.1/token-pw")))
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("token-pw"));
    }
}
