package dev.sluice.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://hooks.test, https://hooks.test:443, /",
        "HTTP://Hooks.Test./a%20b?c=d#e, http://hooks.test:80, /a%20b?c=d",
        "https://hooks.test:8443?x, https://hooks.test:8443, /?x",
        "http://a_b.test/, http://a_b.test:80, /",
        "http://0x7f.1/, http://127.0.0.1:80, /",
        "https://[2606:4700::1111]:444/x, https://[2606:4700:0:0:0:0:0:1111]:444, /x",
        "https://[::ffff:8.8.8.8]/, https://8.8.8.8:443, /"
    })
    void parsesUrlAsBrowsersDo(String text, String origin, String target) {
        WebhookUrl url = WebhookUrl.parse(text);

        assertThat(url.origin()).isEqualTo(origin);
        assertThat(url.requestTarget()).isEqualTo(target);
        assertThat(url.value()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hooks.test",
                "//hooks.test/",
                "ftp://hooks.test/",
                "file:///etc/passwd",
                "https:hooks.test",
                "https://",
                "https:///path",
                "https://ann:hunter2@hooks.test/",
                "https://hooks.test@127.0.0.1/",
                "https://@hooks.test/",
                "https://hooks.test:0/",
                "https://hooks.test:65536/",
                "https://hooks.test:x/",
                "https://hooks.test\\@127.0.0.1/",
                "https://hooks..test/",
                "https://.test/",
                "https://-a.test/",
                "https://hooks.test../",
                "https://h%6fst/",
                "https://hoo ks.test/",
                "https://h\u00f6oks.test/",
                "https://hooks.test/\n",
                "https://1.2.3.4.5/",
                "https://256.1.1.1/",
                "https://1.2.3.256/",
                "https://4294967296/",
                "https://1.2.65536/",
                "https://089.1.1.1/",
                "https://hooks.9/",
                "https://1..1/",
                "https://[::1/",
                "https://[::1%25eth0]/",
                "https://[1.2.3.4]/",
                "https://[hooks.test]/",
                "https://[]/",
                "https://0x1ffffffff/",
                "https://99999999999999999999999/"
            })
    void rejectsInvalidUrlWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> WebhookUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("hunter2", "hooks"));
    }

    @Test
    void doesNotPrintPath() {
        assertThat(WebhookUrl.parse("https://hooks.test/token-pw?key=token-pw"))
                .hasToString("https://hooks.test:443/…");
    }

    @Test
    void rejectsUrlThatIsTooLong() {
        assertThatThrownBy(() -> WebhookUrl.parse("https://hooks.test/" + "a".repeat(WebhookUrl.MAX_LENGTH)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
