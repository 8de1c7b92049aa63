package dev.sluice.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormFileNameTest {
    private static final String FORM = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na title\r\n--b\r\n"
            + "Content-Disposition: form-data; name=\"file\"; %s\r\nContent-Type: video/mp4\r\n\r\ndata\r\n--b--\r\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "filename=\"a,b:c=d;e.mp4\" | a,b:c=d;e.mp4",
                "filename=\"a%22b.mp4\" | a\"b.mp4",
                "filename=\"a\\\"b.mp4\" | a\"b.mp4",
                "filename=\"100%25.mp4\" | 100%25.mp4",
                "filename=\"C:\\dir\\a.mp4\" | C:\\dir\\a.mp4",
                "filename=\"Zoë 日本.mp4\" | Zoë 日本.mp4",
                "filename=plain.mp4 | plain.mp4",
                "filename=\"x.mp4\"; filename*=UTF-8''na%C3%AFve%2C%20b+c.mp4 | naïve, b+c.mp4",
                "filename=\"\" | ``",
            })
    void readsNameAsClientSentIt(String parameters, String name) {
        FormFileName reader = new FormFileName("file");

        reader.received(Buffer.buffer(FORM.formatted(parameters)));

        assertThat(reader.found()).contains(name);
    }

    @Test
    void readsNameThatIsSplitAtAnyByte() {
        byte[] form = FORM.formatted("filename=\"Zoë; 日本.mp4\"").getBytes(StandardCharsets.UTF_8);
        for (int split = 0; split <= form.length; split++) {
            FormFileName reader = new FormFileName("file");

            reader.received(Buffer.buffer().appendBytes(form, 0, split));
            reader.received(Buffer.buffer().appendBytes(form, split, form.length - split));

            assertThat(reader.found()).as("split at %d", split).contains("Zoë; 日本.mp4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=1", "filename*=UTF-8''%zz", "filename*=UTF-8''%c"})
    void findsNoNameWhereThereIsNone(String parameters) {
        FormFileName reader = new FormFileName("file");

        reader.received(Buffer.buffer(FORM.formatted(parameters)));

        assertThat(reader.found()).isEmpty();
    }

    @Test
    void ignoresLongLine() {
        FormFileName reader = new FormFileName("file");

        reader.received(Buffer.buffer(FORM.formatted("filename=\"" + "\\\"".repeat(10_000) + "\"")));

        assertThat(reader.found()).isEqualTo(Optional.empty());
    }
}
