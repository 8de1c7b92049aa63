package dev.sluice.ffmpeg.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.CaptionedClip;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.TextTrack;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.text.CaptionChannel;
import dev.sluice.media.text.ClosedCaptions;
import dev.sluice.media.text.TextTrackFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Text tracks of real files. */
@Timeout(120)
class TextTrackExtractorIT {
    private static final Path CORPUS =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("corpus");

    @TempDir
    private Path directory;

    private Path english;
    private Path german;
    private Path chapters;

    @BeforeEach
    void write() throws IOException {
        english = Files.writeString(directory.resolve("english.srt"), """
                1
                00:00:00,500 --> 00:00:01,500
                <i>Hello</i> & <font color="red">world</font>

                """);
        german = Files.writeString(directory.resolve("german.ass"), """
                [Script Info]
                ScriptType: v4.00+

                [V4+ Styles]
                Format: Name, Fontname
                Style: Default,Arial

                [Events]
                Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
                Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(1,2)\\b1}Schild{\\b0}\\Nzwei\\hdrei
                """);
        chapters = Files.writeString(directory.resolve("chapters.txt"), """
                ;FFMETADATA1
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=1000
                title=Start & finish
                [CHAPTER]
                TIMEBASE=1/1000
                START=1000
                END=2000
                title=End
                """);
    }

    @Test
    void convertsSubtitlesOfAllTextCodecs() throws IOException {
        Path source = mux("source.mkv", "-c:s:0", "subrip", "-c:s:1", "ass", "-c:s:2", "webvtt");

        TextTracks text = extract(FfmpegFixture.ffmpeg(), source);

        assertThat(text.warnings()).isEmpty();
        assertThat(text.tracks())
                .extracting(TextTrackFile::track)
                .containsExactly(
                        new TextTrack(TextTrack.Kind.SUBTITLES, Optional.of("en"), "English", false, false),
                        new TextTrack(TextTrack.Kind.CAPTIONS, Optional.of("de"), "Für \"Gehörlose\"", true, true),
                        new TextTrack(TextTrack.Kind.SUBTITLES, Optional.empty(), "Subtitles 3", false, false),
                        TextTrack.CHAPTERS);
        assertThat(text.tracks())
                .extracting(TextTrackFile::name)
                .containsExactly("text_0.vtt", "text_1.vtt", "text_2.vtt", "chapters.vtt");
        assertThat(text.tracks().get(0).file()).hasContent("""
                WEBVTT

                00:00.500 --> 00:01.500
                <i>Hello</i> &amp; world
                """);
        assertThat(text.tracks().get(1).file()).hasContent("""
                WEBVTT

                00:01.000 --> 00:02.000
                <b>Schild</b>
                zwei drei
                """);
        assertThat(text.tracks().get(3).file()).hasContent("""
                WEBVTT

                00:00:00.000 --> 00:00:01.000
                Start &amp; finish

                00:00:01.000 --> 00:00:02.000
                End
                """);
    }

    /** The video starts at 1.4 s in the file. */
    @Test
    void writesTimesOfTheRenditions() throws IOException {
        Path source = mux("source.mkv", "-c:s", "subrip", "-output_ts_offset", "1.4");

        assertThat(extract(FfmpegFixture.ffmpeg(), source).tracks().get(0).file())
                .content()
                .contains("\n00:00.500 --> 00:01.500\n");
    }

    @Test
    void convertsTextOfMp4() throws IOException {
        TextTracks text = extract(FfmpegFixture.ffmpeg(), mux("source.mp4", "-c:s", "mov_text"));

        assertThat(text.tracks()).hasSize(4);
        assertThat(text.tracks().get(0).file()).content().contains("00:00.500 --> 00:01.500\n", "Hello");
    }

    @Test
    void warnsOfSubtitlesThatAreImages() throws IOException {
        Path source = CORPUS.resolve("pgs_subs_ac3.mkv");
        assumeTrue(Files.exists(source), "no file " + source);

        TextTracks text = extract(FfmpegFixture.ffmpeg(), source);

        assertThat(text.warnings())
                .singleElement()
                .asString()
                .matches("Subtitles that are not text were left out: stream \\d+ \\(hdmv_pgs_subtitle\\).*\\.");
    }

    @Test
    void warnsOfStreamThatCannotBeConverted() throws IOException {
        Path source = mux("source.mkv", "-c:s", "subrip");

        TextTracks text = extract(FfmpegFixture.ffmpegAfter(directory, "case \"$*\" in *0:3*) exit 1;; esac"), source);

        assertThat(text.warnings())
                .containsExactly("The subtitles of stream 3 (subrip) could not be converted completely.");
        assertThat(text.tracks()).hasSize(3);
        assertThat(text.tracks().get(1).track().label()).isEqualTo("Subtitles 2");
    }

    @Test
    void failsNothingWhenFfmpegDoesNotEnd() throws IOException {
        Path source = mux("source.mkv", "-c:s", "subrip");

        TextTracks text = new TextTrackExtractor(
                        FfmpegFixture.ffmpegAfter(directory, "exec sleep 60"),
                        Duration.ofMillis(200),
                        FfmpegFixture.LIMITS)
                .extract(probed(source), directory, new CancellationToken());

        assertThat(text.warnings()).hasSize(3);
        assertThat(text.tracks()).extracting(TextTrackFile::track).containsExactly(TextTrack.CHAPTERS);
    }

    @Test
    void endsWithTheReasonOfACancellation() throws IOException {
        ProbedSource source = probed(mux("source.mkv", "-c:s", "subrip"));
        CancellationToken cancelled = new CancellationToken();
        cancelled.cancel(new JobException(ErrorCode.CANCELLED, "Cancelled."));

        JobException failure = catchThrowableOfType(
                JobException.class,
                () -> new TextTrackExtractor(FfmpegFixture.ffmpeg(), Duration.ofSeconds(30), FfmpegFixture.LIMITS)
                        .extract(source, directory, cancelled));

        assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
    }

    /** The encoder has B-frames, which still frames need, so the messages are not in the order of presentation. */
    @Test
    void extractsClosedCaptionsOfRenditions() throws IOException {
        Path source = new CaptionedClip()
                .popOn(1, "Tom & Jerry", 20, 40)
                .popOn(2, "Deux", 30, 55)
                .textService(1, "Stock exchange", 60)
                .rollUp(3, "Uno", 25)
                .rollUp(3, "Dos", 45)
                .write(directory.resolve("source.mp4"), "smptebars=size=320x180:rate=25:duration=3", "sine=duration=3");
        EncodeResult result = FfmpegFixture.encoder(FfmpegFixture.withPreset("veryfast"))
                .encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), directory));

        TextTracks text =
                addCaptions(FfmpegFixture.ffmpeg(), result.renditions().get(0).file());

        assertThat(text.warnings()).isEmpty();
        assertThat(text.captions())
                .isEqualTo(
                        new ClosedCaptions(List.of(CaptionChannel.CC1, CaptionChannel.CC2, CaptionChannel.CC3), false));
        assertThat(text.captionTracks())
                .extracting(TextTrackFile::name)
                .containsExactly("text_0.vtt", "text_1.vtt", "text_2.vtt");
        assertThat(text.captionTracks().get(0).track())
                .isEqualTo(new TextTrack(TextTrack.Kind.CAPTIONS, Optional.empty(), "CC1", false, false));
        assertThat(text.captionTracks().get(0).file()).hasContent("""
                WEBVTT

                00:00.792 --> 00:01.594
                Tom &amp; Jerry
                """);
        assertThat(text.captionTracks().get(1).file()).content().contains("00:01.198 --> 00:02.198\nDeux\n");
        assertThat(text.captionTracks().get(2).file()).content().contains("00:01.825 --> 00:03.000\nUno\nDos\n");
    }

    @Test
    void statesThatAVideoHasNoClosedCaptions() throws IOException {
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mp4"), "testsrc2=size=160x120:duration=1", "sine=duration=1");

        TextTracks text = addCaptions(FfmpegFixture.ffmpegAfter(directory, "exit 1"), source);

        assertThat(text)
                .isEqualTo(new TextTracks(List.of(), List.of(), List.of(), new ClosedCaptions(List.of(), false)));
    }

    @Test
    void warnsOfClosedCaptionsThatCannotBeConverted() throws IOException {
        Path video = new CaptionedClip()
                .popOn(1, "One", 20, 40)
                .popOn(3, "Three", 20, 40)
                .write(directory.resolve("video.mp4"), "testsrc2=size=320x180:rate=25:duration=2", "sine=duration=2");

        TextTracks text =
                addCaptions(FfmpegFixture.ffmpegAfter(directory, "case \"$*\" in *CC1*) exit 1;; esac"), video);

        assertThat(text.warnings())
                .containsExactly("The closed captions of channel CC1 could not be converted completely.");
        assertThat(text.captions().channels()).containsExactly(CaptionChannel.CC1, CaptionChannel.CC3);
        assertThat(text.captionTracks()).extracting(TextTrackFile::name).containsExactly("text_0.vtt");
    }

    @Test
    void warnsOfClosedCaptionsThatCannotBeRead() throws IOException {
        Path video = Files.write(directory.resolve("video.mp4"), new byte[100]);

        assertThat(addCaptions(FfmpegFixture.ffmpeg(), video))
                .isEqualTo(new TextTracks(
                        List.of(),
                        List.of(),
                        List.of("The closed captions of the video could not be read."),
                        ClosedCaptions.UNKNOWN));
    }

    private static TextTracks addCaptions(FfmpegInstallation ffmpeg, Path video) {
        return new TextTrackExtractor(ffmpeg, Duration.ofSeconds(30), FfmpegFixture.LIMITS)
                .addCaptions(TextTracks.NONE, video, new CancellationToken());
    }

    private static ProbedSource probed(Path source) {
        return new ProbedSource(source, FfmpegFixture.probe(source));
    }

    private TextTracks extract(FfmpegInstallation ffmpeg, Path source) {
        return new TextTrackExtractor(ffmpeg, Duration.ofSeconds(30), FfmpegFixture.LIMITS)
                .extract(probed(source), directory, new CancellationToken());
    }

    /** Video, audio, and three subtitle streams: English, German captions, and one without language. */
    private Path mux(String name, String... options) {
        Path source = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error"));
        command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2"));
        command.addAll(List.of("-f", "lavfi", "-i", "sine=duration=2"));
        for (Path file : List.of(english, german, english, chapters)) {
            command.addAll(List.of("-i", file.toString()));
        }
        command.addAll(List.of("-map", "0:v", "-map", "1:a", "-map", "2:s", "-map", "3:s", "-map", "4:s"));
        command.addAll(List.of("-map_chapters", "5", "-c:v", "libx264", "-preset", "ultrafast"));
        command.addAll(List.of("-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=ger"));
        command.addAll(List.of("-metadata:s:s:1", "title=Für \"Gehörlose\""));
        command.addAll(List.of("-disposition:s:0", "0", "-disposition:s:1", "default+forced+hearing_impaired"));
        command.addAll(List.of("-disposition:s:2", "0"));
        command.addAll(List.of(options));
        command.add(source.toString());
        FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory);
        return source;
    }
}
