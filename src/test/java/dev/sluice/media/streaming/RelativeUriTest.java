package dev.sluice.media.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelativeUriTest {
    @ParameterizedTest
    @CsvSource({
        "streams/42/master.m3u8, videos/42_720p.mp4, ../../videos/42_720p.mp4",
        "streams/42/master.m3u8, streams/42/720p.mp4, 720p.mp4",
        "a/b/c, a/d/e/f, ../d/e/f",
        "master.m3u8, 42.mp4, 42.mp4",
        "a/m, 'x y#1?\"%/ü:z.mp4', '../x%20y%231%3F%22%25/%C3%BC%3Az.mp4'",
    })
    void leadsFromOneKeyToAnother(String from, String to, String uri) {
        assertThat(RelativeUri.of(from, to)).isEqualTo(uri);
        assertThat(RelativeUri.resolve(from, uri)).contains(to);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/b", "../../b", "%zz", "a%2e", "b?c", "b#c", "http://b/c", "b c"})
    void resolvesNoOtherUri(String uri) {
        assertThat(RelativeUri.resolve("a/b", uri)).isEmpty();
    }
}
