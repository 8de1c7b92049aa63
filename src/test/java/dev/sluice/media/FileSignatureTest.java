package dev.sluice.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSignatureTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile:///secret.ts\n",
                "\uFEFF  #extm3u\n",
                "ffconcat version 1.0\nfile other.mp4\n",
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
                "[playlist]\nFile1=http://example.org/a.mp3\n",
                "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>",
                "<smil><body></body></smil>",
            })
    void rejectsPlaylist(String content) {
        assertThat(rejectionCode(bytes(content))).isEqualTo(ErrorCode.PLAYLIST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!DOCTYPE html>\n<html></html>", "{\"error\":\"expired\"}", "just words", "Grüße\n"})
    void rejectsText(String content) {
        assertThat(rejectionCode(bytes(content))).isEqualTo(ErrorCode.NOT_A_VIDEO);
    }

    @Test
    void rejectsTextWithTruncatedLastCharacter() {
        byte[] head = bytes("a" + "ü".repeat(FileSignature.LENGTH)).clone();

        assertThat(rejectionCode(java.util.Arrays.copyOf(head, FileSignature.LENGTH)))
                .isEqualTo(ErrorCode.NOT_A_VIDEO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "89504e470d0a1a0a0000000d",
                "ffd8ffe000104a464946",
                "49492a0008000000",
                "524946460000000057454250",
                "0000001c6674797068656963",
                "424d36000000000000003600",
            })
    void rejectsStillImages(String hex) {
        assertThat(rejectionCode(HexFormat.of().parseHex(hex))).isEqualTo(ErrorCode.STILL_IMAGE);
    }

    @Test
    void doesNotCallAnimationStillImage() {
        byte[] gif = bytes("GIF89a@\u0001\u0000");
        byte[] png = join(HexFormat.of().parseHex("89504e470d0a1a0a0000000d"), bytes("IHDR....acTL"));
        byte[] webp = bytes("RIFF\u0000\u0000\u0000\u0000WEBPVP8X....ANIM");

        assertThat(FileSignature.reject(gif)).isEmpty();
        assertThat(FileSignature.reject(png).map(JobException::message))
                .hasValue(
                        "The file is an animated image (PNG), a format that is not accepted; convert it to MP4, Matroska or"
                                + " WebM.");
        assertThat(rejectionCode(webp)).isEqualTo(ErrorCode.NOT_A_VIDEO);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000206674797069736f6d",
                "1a45dfa3010000000000001f",
                "52494646be1a050041564920",
                "464c56010500000009000000",
                "4f6767530002000000000000",
                "3026b2758e66cf11a6d900aa",
                "000001ba44000d0dc4014338",
            })
    void acceptsContainers(String hex) {
        byte[] head = HexFormat.of().parseHex(hex);

        assertThat(FileSignature.reject(head)).isEmpty();
        assertThat(FileSignature.isContainer(head)).isTrue();
    }

    @Test
    void acceptsTransportStreamStartingWithinPacket() {
        byte[] head = new byte[FileSignature.LENGTH];
        for (int packet = 100; packet < head.length; packet += 188) {
            head[packet] = 0x47;
        }

        assertThat(FileSignature.isContainer(head)).isTrue();
    }

    @Test
    void detectsNothingInRandomBytes() {
        byte[] head = new byte[FileSignature.LENGTH];
        new Random(7).nextBytes(head);

        assertThat(FileSignature.reject(head)).isEmpty();
        assertThat(FileSignature.isContainer(head)).isFalse();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ErrorCode rejectionCode(byte[] head) {
        return FileSignature.reject(head).map(JobException::code).orElseThrow();
    }
}
