package dev.sluice.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormFilenameTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "a, b: c=d; e.mp4"            | a, b: c=d; e.mp4
            "say %22hi%22 100%.mp4"       | say "hi" 100%.mp4
            "say \\"hi\\"; x.mp4"         | say "hi"; x.mp4
            "100%25.mp4"                  | 100%25.mp4
            "ends with \\"                | ends with \\
            "clüp 🎬.mp4"    | clüp 🎬.mp4
            plain.mp4                     | plain.mp4
            """)
    void readsNameAsBrowsersAndOtherClientsEncodeIt(String encoded, String name) {
        FormFilename form = new FormFilename("multipart/form-data; boundary=xx");

        form.append(
                Buffer.buffer("--xx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfilename=\"no.mp4\"\r\n"));
        form.append(Buffer.buffer(
                "--xx\r\nContent-Type: video/mp4\r\ncontent-disposition: form-data; name=\"file\"; filen"));
        form.append(Buffer.buffer("ame=" + encoded + "\r\n\r\n\0\1--"));

        assertThat(form.find("file")).contains(name);
    }

    @Test
    void decodesLineEnds() {
        FormFilename form = new FormFilename("multipart/form-data; boundary=\"x x\"");
        form.append(
                Buffer.buffer("--x x\r\nContent-Disposition: form-data; filename=\"a%0d%0Ab.mp4\"; name=file\r\n\r\n"));

        assertThat(form.find("file")).contains("a\r\nb.mp4");
    }

    @Test
    void findsFileAfterLargeField() {
        FormFilename form = new FormFilename("multipart/form-data; boundary=xx");
        form.append(Buffer.buffer("--xx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n"));
        for (int i = 0; i < 20; i++) {
            form.append(Buffer.buffer(new byte[10_000]));
        }
        form.append(
                Buffer.buffer("\r\n--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b\"\r\n\r\n"));

        assertThat(form.find("file")).contains("a;b");
        assertThat(new FormFilename("multipart/form-data; boundary=xx").find("file"))
                .isEmpty();
    }
}
