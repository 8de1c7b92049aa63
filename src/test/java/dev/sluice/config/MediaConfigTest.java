package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.MediaConfig.Effort;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MediaConfigTest {
    /** Hosts of other versions read these names. */
    @Test
    void encodingJsonKeepsItsNames() {
        JsonObject encoding = Configs.everyKeySet().media().toEncodingJson();

        assertThat(encoding.fieldNames())
                .containsExactlyInAnyOrder(
                        "ladder",
                        "preset",
                        "crf",
                        "audioKbps",
                        "keyFrameSeconds",
                        "thumbnailSeconds",
                        "thumbnailWidth",
                        "streaming",
                        "poster",
                        "storyboard",
                        "previewClip",
                        "renditions",
                        "thumbnails",
                        "loudness",
                        "codecs");
        assertThat(encoding.getValue("keyFrameSeconds")).isEqualTo(4.0);
        assertThat(encoding.getValue("thumbnailSeconds")).isEqualTo(5.0);
    }

    @Test
    void readsEncodingOfOtherHostWithOwnLimits() {
        MediaConfig own = Configs.everyKeySet().media().withEffort(Effort.PRESET);
        MediaConfig other = Configs.defaults().media().withEffort(Effort.REDUCED);

        assertThat(own.withEncoding(other.toEncodingJson()))
                .isEqualTo(new MediaConfig(
                        other.ladder(),
                        other.x264(),
                        other.audioBitrate(),
                        other.keyFrameInterval(),
                        other.codecs(),
                        other.thumbnails(),
                        other.streaming(),
                        own.growing(),
                        other.preview(),
                        other.loudnessTarget(),
                        other.published(),
                        own.limits()));
    }

    @Test
    void planWithPreviewClipKeepsIt() {
        MediaConfig media = Configs.everyKeySet().media();

        assertThat(Configs.defaults()
                        .media()
                        .withEncoding(media.toEncodingJson())
                        .preview())
                .isEqualTo(media.preview());
    }

    @Test
    void rejectsUnknownEffort() {
        MediaConfig media = Configs.defaults().media();

        assertThatThrownBy(() -> media.withEncoding(new JsonObject().put("effort", "none")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("media.effort: must be preset or reduced");
    }

    @Test
    void readsMissingEncodingFieldsAsDefaults() {
        MediaConfig media = Configs.everyKeySet().media().withEncoding(new JsonObject(Map.of("keyFrameSeconds", 1)));

        assertThat(media.keyFrameInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(media.thumbnails()).isEqualTo(Configs.defaults().media().thumbnails());
    }
}
