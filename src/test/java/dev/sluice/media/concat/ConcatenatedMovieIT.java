package dev.sluice.media.concat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.hybrid.FaststartWriter;
import dev.sluice.media.mp4.ChangedHeaders;
import dev.sluice.media.segment.EncodedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and unexpected segments; {@code SegmentEncoderIT} compares valid ones with FFmpeg. */
@Timeout(120)
class ConcatenatedMovieIT {
    @TempDir
    private Path directory;

    private VideoPart first;

    @BeforeEach
    void encodeFirstPart() {
        first = part(0, "160x90", "bt709");
    }

    private VideoPart part(int number, String size, String color) {
        Path file = FfmpegFixture.clip(
                directory.resolve(number + ".mp4"),
                "testsrc2=size=" + size + ":rate=25:duration=1",
                "anullsrc",
                "-an",
                "-shortest",
                "-vf",
                "setparams=colorspace=" + color + ":color_primaries=" + color + ":color_trc=" + color,
                "-bf",
                "2",
                "-output_ts_offset",
                Integer.toString(number),
                "-avoid_negative_ts",
                "disabled");
        return new VideoPart(number, file, new EncodedSegment.FrameRange(25, Duration.ofSeconds(number)));
    }

    private Path concatenate(VideoPart... parts) {
        Path target = directory.resolve("whole.mp4");
        Path header = directory.resolve("header");
        CancellationToken cancellation = new CancellationToken();
        try (ConcatenatedMovie movie =
                ConcatenatedMovie.create(List.of(parts), Optional.empty(), header, cancellation)) {
            FaststartWriter.write(movie.source(), target, cancellation);
        } finally {
            assertThat(header).doesNotExist();
        }
        return target;
    }

    private void assertRejected(VideoPart second, String error) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> concatenate(first, second))
                .satisfies(rejected -> assertThat(rejected.code()).isEqualTo(ErrorCode.OUTPUT_INVALID))
                .withMessageStartingWith("Segment 1 cannot be concatenated. ")
                .withMessageContaining(error);
    }

    /** A process may have fewer open files than a long video has segments. */
    @Test
    void concatenatesMoreFilesThanItKeepsOpen() throws IOException {
        VideoPart second = part(1, "160x90", "bt709");
        byte[] content = Files.readAllBytes(second.file());
        int edits = new String(content, StandardCharsets.ISO_8859_1).indexOf("elst");
        VideoPart[] parts = IntStream.rangeClosed(0, 20)
                .mapToObj(number -> number == 0 ? first : copy(content, edits, number))
                .toArray(VideoPart[]::new);

        Path whole = concatenate(parts);

        assertThat(FfmpegFixture.entries(whole, "v", "stream=nb_frames,duration"))
                .containsExactly("21.000000,525");
    }

    /** A part with another start; the movie timescale is 1000. */
    private VideoPart copy(byte[] content, int edits, int number) {
        byte[] moved = content.clone();
        ByteBuffer.wrap(moved).putInt(edits + 12, 1000 * number);
        try {
            Path file = Files.write(directory.resolve("copy-" + number + ".mp4"), moved);
            return new VideoPart(number, file, new EncodedSegment.FrameRange(25, Duration.ofSeconds(number)));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    @Test
    void rejectsOtherSize() {
        assertRejected(part(1, "160x120", "bt709"), "Its size, color, aspect ratio or timescale");
    }

    @Test
    void rejectsOtherColor() {
        assertRejected(part(1, "160x90", "smpte170m"), "Its size, color, aspect ratio or timescale");
    }

    @Test
    void rejectsOtherNumberOfFrames() {
        VideoPart part = part(1, "160x90", "bt709");

        assertRejected(
                new VideoPart(1, part.file(), new EncodedSegment.FrameRange(24, Duration.ofSeconds(1))),
                "It has 25 frames instead of 24.");
    }

    @Test
    void rejectsOtherStart() {
        VideoPart part = part(1, "160x90", "bt709");

        assertRejected(
                new VideoPart(1, part.file(), new EncodedSegment.FrameRange(25, Duration.ofMillis(1040))),
                "It starts at 1 s instead of 1.04 s.");
    }

    @Test
    void rejectsTruncatedFile() throws IOException {
        VideoPart part = part(1, "160x90", "bt709");
        byte[] content = Files.readAllBytes(part.file());
        Files.write(part.file(), Arrays.copyOf(content, content.length - 100));

        assertRejected(part, "moov");
    }

    /** A header that is wrong in any way gives a valid file or an error, in bounded time and memory. */
    @Test
    void rejectsInvalidHeaders() throws IOException {
        VideoPart part = part(1, "160x90", "bt709");

        ChangedHeaders.assertReadOrRejected(
                Files.readAllBytes(part.file()), part.file(), () -> concatenate(first, part));
    }
}
