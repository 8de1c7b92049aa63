package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.MediaConfig.Codec;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.config.MediaConfig.Streaming;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProfilesTest {
    private static final JsonObject FILE = new JsonObject("""
            {"media": {"crf": 20, "preset": "fast", "poster": false, "thumbnailWidth": 100, "streaming": "hls+dash",
                       "loudness": {"target": -20}, "limits": {"maxSeconds": 60}},
             "profiles": {
                "small": {"crf": 30, "ladder": [{"quality": "240p", "shortSide": 240, "maxKbps": 300}]},
                "images": {"renditions": false, "loudness": {"target": "none"}}}}
            """);

    @Test
    void profileChangesOnlyWhatItStates() {
        SluiceConfig config = SluiceConfig.read(FILE, Map.of("SLUICE_MEDIA_AUDIO_KBPS", "64"));
        MediaConfig small = config.profiles().of(Optional.of("small"));

        assertThat(small.ladder()).containsExactly(new Rung("240p", 240, 300_000));
        assertThat(small.x264()).isEqualTo(new MediaConfig.X264("fast", 30));
        assertThat(small.audioBitrate()).isEqualTo(64_000);
        assertThat(small.preview()).isEqualTo(new MediaConfig.Preview(false, true, false));
        assertThat(small.thumbnails().width()).isEqualTo(100);
        assertThat(small.loudnessTarget()).hasValue(-20);
        assertThat(small.limits()).isEqualTo(config.media().limits());
        assertThat(config.media().x264().crf()).isEqualTo(20);
        assertThat(config.profiles().qualities()).contains("240p", "720p");
    }

    @Test
    void profileRemovesRenditionsAndLoudnessTarget() {
        MediaConfig images = SluiceConfig.read(FILE, Map.of()).profiles().of(Optional.of("images"));

        assertThat(images.published()).isEqualTo(new MediaConfig.Published(false, true));
        assertThat(images.streaming()).isEqualTo(Streaming.NONE);
        assertThat(images.loudnessTarget()).isEmpty();
        assertThat(images.withEncoding(images.toEncodingJson()).published()).isEqualTo(images.published());
    }

    @Test
    void environmentOverridesKeyOfProfile() {
        SluiceConfig config = SluiceConfig.read(FILE, Map.of("SLUICE_PROFILES_SMALL_CRF", "31"));

        assertThat(config.profiles().of(Optional.of("small")).x264().crf()).isEqualTo(31);
    }

    @Test
    void findsProfileByName() {
        MediaConfig.Profiles profiles = SluiceConfig.read(FILE, Map.of()).profiles();

        assertThat(profiles.of(Optional.empty())).isEqualTo(profiles.standard());
        assertThat(profiles.of(Optional.of("default"))).isEqualTo(profiles.standard());
        assertThatThrownBy(() -> profiles.of(Optional.of("large")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be one of default, images, small");
    }

    @Test
    void findsKeyOfCodec() {
        JsonObject file = FILE.copy();
        file.getJsonObject("profiles").getJsonObject("small").put("codecs", JsonArray.of("av1", "h264"));
        file.getJsonObject("profiles").getJsonObject("images").put("codecs", JsonArray.of("h264", "av1"));
        MediaConfig.Profiles profiles = SluiceConfig.read(file, Map.of()).profiles();

        assertThat(profiles.of(Optional.of("small")).codecs()).containsExactlyInAnyOrder(Codec.values());
        assertThat(profiles.of(Optional.of("images")).codecs())
                .as("without renditions")
                .containsExactly(Codec.H264);
        assertThat(profiles.keyOfCodec(Codec.AV1)).contains("profiles.small.codecs");
        assertThat(SluiceConfig.read(FILE, Map.of()).profiles().keyOfCodec(Codec.AV1))
                .isEmpty();
    }

    @Test
    void rejectsCodecsWithoutEffect() {
        JsonObject file = new JsonObject("""
                {"media": {"codecs": ["h264", "av1"]},
                 "profiles": {
                    "a": {"codecs": ["av1"]},
                    "b": {"codecs": ["h264", "hevc"]},
                    "c": {"codecs": []},
                    "d": {"streaming": "none"},
                    "e": {"ladder": [{"quality": "aav1", "shortSide": 240, "maxKbps": 300}]},
                    "f": {"ladder": [{"quality": "abcdefghijklmnopqrstuvwxyz1234", "shortSide": 240, "maxKbps": 300}]}}}
                """);
        String name =
                ": with av1, the quality of a rung must not end in av1 and must have at most 29 characters, unlike ";

        assertThat(Configs.errors(file, Map.of()))
                .containsExactly(
                        "profiles.a.codecs: invalid value '[\"av1\"]': must contain h264, which all players can play",
                        "profiles.b.codecs: invalid value '[\"h264\",\"hevc\"]': must be a list of h264 and av1",
                        "profiles.c.codecs: invalid value '[]': must be a list of h264 and av1 with at least one entry",
                        "profiles.d.codecs: av1 requires streaming hls or hls+dash, because only playlists name AV1 renditions",
                        "profiles.e.codecs" + name + "aav1",
                        "profiles.f.codecs" + name + "abcdefghijklmnopqrstuvwxyz1234");
    }

    @Test
    void errorsNameTheKeyOfTheProfile() {
        JsonObject file = new JsonObject("""
                {"media": {"poster": false, "storyboard": false},
                 "profiles": {
                    "a": {"crf": 60, "preset": "placebo", "bitrate": 1},
                    "b": {"renditions": false, "thumbnails": false},
                    "c": 5,
                    "d": {"renditions": false, "thumbnails": false, "previewClip": true},
                    "e": {"previewClip": true, "ladder": [{"quality": "preview", "shortSide": 240, "maxKbps": 300}]},
                    "Upper": {},
                    "default": {}}}
                """);
        String name =
                ": the name of a profile must consist of 1 to 32 lower-case letters, digits and -, and must not be default";

        assertThat(Configs.errors(file, Map.of()))
                .containsExactly(
                        "profiles.Upper" + name,
                        "profiles.a.bitrate: unknown key",
                        "profiles.a.crf: invalid value '60': must be from 0 to 51",
                        "profiles.a.preset: invalid value 'placebo': must be one of the x264 presets from ultrafast to veryslow",
                        "profiles.b.renditions: one of renditions, thumbnails, poster, storyboard and previewClip must be true: nothing is published",
                        "profiles.c: must be an object",
                        "profiles.default" + name,
                        "profiles.e.previewClip: requires that no rung of the ladder has the quality preview, because the keys of both may be the same");
    }
}
