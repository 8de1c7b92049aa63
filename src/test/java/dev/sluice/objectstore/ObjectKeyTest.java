package dev.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "uploads/2026/a b.mov", "ünï/🎬.mp4", "a..b/c", "...", "a//b", "a/", "-rf", "a?b#c%2F"})
    void acceptsValidKeys(String value) {
        ObjectKey key = new ObjectKey(value);

        assertThat(key).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "/etc/passwd",
                "..",
                ".",
                "a/../b",
                "../a",
                "a/..",
                "a/./b",
                "a\nb",
                "a\u0000b",
                "a\u007fb",
                "a\u0085b",
                "a\ud800b"
            })
    void rejectsAmbiguousKeys(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectKey(value))
                .withMessageStartingWith("an object key ");
    }

    @Test
    void limitsLengthInBytes() {
        String longest = "é".repeat(ObjectKey.MAX_BYTES / 2);

        assertThat(new ObjectKey(longest).value()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectKey(longest + "x"))
                .withMessageContaining("has 1025");
    }

    @Test
    void omitsControlCharactersFromMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectKey("/a\nforged log line"))
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
    }
}
