package dev.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.KeysConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OutputKeysTest {
    private static final String VIDEO = "videos/{mediaId}_{quality}.mp4";
    private static final String THUMBNAIL = "thumbnails/{mediaId}_{n}.jpg";
    private static final String STREAM = "streams/{mediaId}/{name}";

    private final OutputKeys keys =
            new OutputKeys(new KeysConfig(VIDEO, THUMBNAIL, STREAM, "staging/"), List.of("hd_720"));

    @Test
    void createsKeysOfContract() {
        assertThat(keys.renditionKey("m-1", "720p")).hasToString("videos/m-1_720p.mp4");
        assertThat(keys.thumbnailKey("m-1", 0)).hasToString("thumbnails/m-1_0.jpg");
        assertThat(keys.thumbnailKey("m-1", 12)).hasToString("thumbnails/m-1_12.jpg");
    }

    @Test
    void keysWhileEncodingBelongToOnePlanOfOneJob() {
        JobId job = new JobId("j/1");
        String prefix = keys.growingPrefix("m-1", job, 7);
        ObjectKey key = keys.growingKey("m-1", job, 7, "master.m3u8");

        assertThat(key).hasToString(prefix + "master.m3u8");
        assertThat(prefix).startsWith("streams/m-1/growing-j_1-").endsWith("-7/");
        assertThat(keys.growingKey("m-1", job, 70, "x").value()).doesNotStartWith(prefix);
        assertThat(keys.growingKey("m-1", new JobId("j_1"), 7, "x").value()).doesNotStartWith(prefix);
        assertThat(keys.isOutputKeyOf("m-1", key)).isFalse();
    }

    @Test
    void prefixWhileEncodingDoesNotDependOnOrderOfTemplate() {
        OutputKeys reversed =
                new OutputKeys(new KeysConfig(VIDEO, THUMBNAIL, "s/{name}/of-{mediaId}", "staging/"), List.of());
        String prefix = reversed.growingPrefix("m", new JobId("j"), 1);

        assertThat(prefix).startsWith("s/growing-j-").endsWith("-1/");
        assertThat(reversed.growingKey("m", new JobId("j"), 1, "x").value()).isEqualTo(prefix + "x/of-m");
    }

    @Test
    void insertsMediaIdUnchanged() {
        assertThat(keys.renditionKey("{quality} é$1", "360p")).hasToString("videos/{quality} é$1_360p.mp4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a/b", "../m", "..", ".", "a\\b", "a\nb", "a\u0000", "/a", "\ud800"})
    void rejectsMediaIdThatChangesPath(String mediaId) {
        OutputKeys bare =
                new OutputKeys(new KeysConfig("{mediaId}/{quality}", "{mediaId}/{n}", STREAM, "staging/"), List.of());

        JobException failure = catchThrowableOfType(JobException.class, () -> bare.renditionKey(mediaId, "360p"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(failure.message()).startsWith("The media ID ").doesNotContain("\n");
    }

    @Test
    void rejectsMediaIdThatMakesKeyTooLong() {
        JobException failure =
                catchThrowableOfType(JobException.class, () -> keys.renditionKey("x".repeat(1020), "360p"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
        assertThat(failure.message()).contains("at most 1024 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "videos/m_360p.mp4",
                "videos/m_486p.mp4",
                "videos/m_hd_720.mp4",
                "thumbnails/m_0.jpg",
                "thumbnails/m_2879.jpg",
                "streams/m/preview.mp4"
            })
    void acceptsOwnOutputKeys(String key) {
        assertThat(keys.isOutputKeyOf("m", new ObjectKey(key))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uploads/user/m.mp4",
                "videos/m.mp4",
                "videos/m_.mp4",
                "videos/n_360p.mp4",
                "videos/m_x_360p.mp4",
                "videos/m_360p.mp4.mp4",
                "videos/m_3/60p.mp4",
                "videos/m_360p.jpg",
                "Videos/m_360p.mp4",
                "thumbnails/m_.jpg",
                "thumbnails/m_00.jpg",
                "thumbnails/m_-1.jpg",
                "thumbnails/m_1_2.jpg",
                "thumbnails/m_9999999999.jpg",
                "streams/m/preview.mp4.mp4"
            })
    void rejectsKeysOfOtherMediaIds(String key) {
        assertThat(keys.isOutputKeyOf("m", new ObjectKey(key))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "{quality}-{mediaId}.mp4, a, 720p-a.mp4, true",
        "{quality}-{mediaId}.mp4, a, 720p-b-a.mp4, false",
        "{mediaId}__{quality}, a, a__720p, true",
        "{mediaId}__{quality}, a, a___720p, false",
        "{mediaId}__{quality}, a_, a___720p, true"
    })
    void rejectsAmbiguousKey(String template, String mediaId, String key, boolean own) {
        OutputKeys other = new OutputKeys(new KeysConfig(template, THUMBNAIL, STREAM, "staging/"), List.of());

        assertThat(other.isOutputKeyOf(mediaId, new ObjectKey(key))).isEqualTo(own);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "videos/{mediaId}.mp4",
                "videos/{quality}.mp4",
                "videos/{mediaId}_{quality}_{mediaId}.mp4",
                "videos/{mediaId}_{quality}_{userId}.mp4",
                "videos/{mediaId}{quality}.mp4",
                "videos/{{mediaId}_{quality}.mp4",
                "/videos/{mediaId}_{quality}.mp4",
                "../{mediaId}_{quality}.mp4",
                ""
            })
    void rejectsInvalidTemplate(String template) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OutputKeys(new KeysConfig(template, THUMBNAIL, STREAM, "staging/"), List.of()))
                .withMessageStartingWith("keys.video: ");
    }

    @Test
    void namesSettingOfInvalidThumbnailTemplate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OutputKeys(
                        new KeysConfig(VIDEO, "thumbnails/{mediaId}.jpg", STREAM, "staging/"), List.of()))
                .withMessageStartingWith("keys.thumbnail: ")
                .withMessageContaining("[mediaId, n]");
    }
}
