package dev.sluice.media.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebVttTest {
    @Test
    void keepsCuesAndSimpleMarkupOnly() {
        assertThat(WebVtt.sanitize("""
                        WEBVTT

                        STYLE
                        ::cue { background: url(https://tracker.example/a.png) }

                        00:01.000 --> 00:02.500 line:10% region:a
                        <i>Tom</i> & <b>Jerry</b> &amp; <v Tom>3 < 5 --> 6</v>
                        <script>alert(1)</script>

                        a line after a blank one

                        00:03.000 --> 00:02.000
                        ends before it starts

                        01:00:00.000 --> 01:00:01.000
                        <img src=x onerror=alert(1)>

                        01:00:02.000 --> 01:00:03.000 align:start
                        control \u0000 \u001b[31m character
                        """.lines().toList())).hasValue("""
                        WEBVTT

                        00:01.000 --> 00:02.500 line:10%
                        <i>Tom</i> &amp; <b>Jerry</b> &amp; 3 &lt; 5 --&gt; 6
                        alert(1)
                        a line after a blank one

                        01:00:02.000 --> 01:00:03.000 align:start
                        control    [31m character
                        """);
    }

    @Test
    void makesNoFileWithoutCues() {
        assertThat(WebVtt.sanitize(List.of("WEBVTT", "", "00:01.000 --> 00:02.000", " ")))
                .isEmpty();
        assertThat(WebVtt.sanitize(List.of("no text track", "<b>"))).isEmpty();
        assertThat(WebVtt.chapters(List.of())).isEmpty();
    }

    @Test
    void limitsNumberAndLengthOfCues() {
        List<String> lines = IntStream.range(0, 120_000)
                .mapToObj(i -> i % 2 == 0 ? "00:01.000 --> 00:02.000" : "x".repeat(i == 1 ? 1_000_000 : 1))
                .toList();

        String file = WebVtt.sanitize(lines).orElseThrow();

        assertThat(file.lines().filter(line -> line.contains("-->"))).hasSize(50_000);
        assertThat(file.lines().mapToInt(String::length).max()).hasValue(2_000);
    }

    @Test
    void writesChaptersWithEscapedTitles() {
        assertThat(WebVtt.chapters(List.of(
                        new Chapter(Duration.ofSeconds(-1), Duration.ZERO, "before the start"),
                        new Chapter(
                                Duration.ofMillis(-20),
                                Duration.ofMillis(3_723_004),
                                "Bits & <b>bytes</b>\n\n00:00 --> 1"),
                        new Chapter(Duration.ofSeconds(3_724), Duration.ofSeconds(3_800), " "))))
                .hasValue("""
                        WEBVTT

                        00:00:00.000 --> 01:02:03.004
                        Bits &amp; &lt;b&gt;bytes&lt;/b&gt;  00:00 --&gt; 1
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "eng, en",
        "deu, de",
        "ger, de",
        "fre, fr",
        "fra, fr",
        "chi, zh",
        "zho, zh",
        "scr, scr",
        "fil, fil",
        "en, en",
        "en_US, en-US",
        "pt-br, pt-BR",
        "zh-Hant-TW, zh-Hant-TW",
        "sgn-ase, ase",
        "und,",
        "mul,",
        "zxx,",
        "'',",
        "e<n,",
        "'en\",URI=\"x',",
        "english,english",
    })
    void convertsLanguagesToBcp47(String language, String tag) {
        assertThat(LanguageTag.of(language).orElse(null)).isEqualTo(tag);
    }
}
