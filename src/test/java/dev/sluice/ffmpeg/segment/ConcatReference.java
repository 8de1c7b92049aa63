package dev.sluice.ffmpeg.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.ffmpeg.segment.ConcatCommand.ConcatEntry;
import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.segment.EncodedSegment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Files that FFmpeg's concat demuxer makes of the same segments and audio. */
record ConcatReference(Path directory, List<Rendition> renditions) {
    /** Without the parameter sets that FFmpeg repeats before each key frame. */
    private static final String WITHOUT_PARAMETER_SETS = "filter_units=remove_types=7|8";

    private static final Set<String> CONTAINERS = Set.of("trak", "edts", "mdia", "minf", "stbl");
    private static final Set<String> TIMES = Set.of("mvhd", "tkhd", "elst", "mdhd", "stts", "ctts", "stss");

    static ConcatReference create(
            Path directory,
            List<Rendition> renditions,
            boolean hasAudio,
            List<Optional<EncodedSegment.FrameRange>> segments)
            throws IOException {
        List<ConcatEntry> entries = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            int number = i;
            segments.get(i).ifPresent(frames -> entries.add(new ConcatEntry(number, frames.first())));
        }
        for (Rendition rendition : renditions) {
            Files.writeString(
                    directory.resolve(ConcatCommand.listName(rendition)), ConcatCommand.concatList(rendition, entries));
        }
        FfmpegFixture.output(
                FfmpegFixture.ffmpeg().ffmpeg(),
                ConcatCommand.arguments(renditions, hasAudio, entries.get(0).start()),
                directory);
        Path reference = Files.createDirectory(directory.resolve("reference"));
        for (Rendition rendition : renditions) {
            Files.move(directory.resolve(rendition.fileName()), reference.resolve(rendition.fileName()));
        }
        return new ConcatReference(directory, renditions);
    }

    /** Asserts that the renditions in the directory have the same packets, times, headers and frames. */
    void assertSame() throws IOException {
        for (Rendition rendition : renditions) {
            Path file = directory.resolve(rendition.fileName());
            Path expected = directory.resolve("reference").resolve(rendition.fileName());
            assertThat(boxes(file)).isEqualTo(boxes(expected)).hasSizeGreaterThanOrEqualTo(5);
            assertThat(headers(file)).isEqualTo(headers(expected));
            assertThat(checksums(file, "-c", "copy", "-bsf:v", WITHOUT_PARAMETER_SETS))
                    .isEqualTo(checksums(expected, "-c", "copy", "-bsf:v", WITHOUT_PARAMETER_SETS));
            assertThat(checksums(file)).isEqualTo(checksums(expected));
        }
    }

    /** The boxes with times and sync flags. */
    private static List<String> boxes(Path file) throws IOException {
        List<String> found = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file)) {
            Mp4Reader reader = new Mp4Reader(channel);
            addBoxes(reader, reader.topLevel("moov"), found);
        }
        return found;
    }

    private static void addBoxes(Mp4Reader reader, Box parent, List<String> found) throws IOException {
        for (Box box : reader.children(parent)) {
            if (CONTAINERS.contains(box.type())) {
                addBoxes(reader, box, found);
            } else if (TIMES.contains(box.type())) {
                found.add(box.type()
                        + HexFormat.of().formatHex(reader.bytes(box.body(), Math.toIntExact(box.bodyBytes()))));
            }
        }
    }

    /** Times of files, tracks and packets, and flags of packets. */
    private static List<String> headers(Path file) {
        String stream =
                "stream=codec_type,profile,level,width,height,sample_aspect_ratio,pix_fmt,color_range,color_space,"
                        + "color_transfer,color_primaries,time_base,start_pts,duration_ts,nb_frames,r_frame_rate,avg_frame_rate";
        List<String> all = new ArrayList<>();
        for (String kind : List.of("v", "a")) {
            all.addAll(FfmpegFixture.entries(file, kind, stream + ":packet=pts,dts,duration,flags"));
        }
        all.addAll(FfmpegFixture.entries(file, "v", "format=nb_streams,start_time,duration:format_tags"));
        return all;
    }

    /** Checksums of packets or frames with their times; the order in which streams are read may differ. */
    private static List<String> checksums(Path file, String... options) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-copyts"));
        command.addAll(List.of("-i", InputArguments.url(file)));
        command.addAll(List.of(options));
        command.addAll(List.of("-fps_mode", "passthrough", "-f", "framemd5", "pipe:1"));
        return FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, file.getParent()).stream()
                .filter(line -> !line.startsWith("#software"))
                .sorted()
                .toList();
    }
}
