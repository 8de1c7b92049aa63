package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the playlists of a video that is being encoded, again and again, as players do. */
final class GrowingStreamCheck {
    private static final Pattern MAP = Pattern.compile("#EXT-X-MAP:URI=\"(.*)\",BYTERANGE=\"(\\d+)@(\\d+)\"");
    private static final Pattern SEGMENT = Pattern.compile("#EXT-X-BYTERANGE:(\\d+)@(\\d+)\n(.*)\n");
    private static final String END = "#EXT-X-ENDLIST\n";
    /** Flags of a sample that depends on no other. */
    private static final int KEY_FRAME = 0x0200_0000;

    private final Path streams;
    private final Map<Path, String> last = new HashMap<>();
    private int versions;

    /** @param streams directory with the streams of a media item */
    GrowingStreamCheck(Path streams) {
        this.streams = streams;
    }

    /** Checks the playlists as they are: they have only been appended to, and what they name exists. */
    void check() throws IOException {
        for (Path playlist : playlists()) {
            String text;
            try {
                text = Files.readString(playlist);
            } catch (NoSuchFileException replacedNow) {
                continue;
            }
            String before = last.put(playlist, text);
            if (text.equals(before)) {
                continue;
            }
            versions++;
            assertThat(text).startsWith(before == null ? "#EXTM3U\n" : before);
            assertThat(text.endsWith("\n")).isTrue();
            Matcher segment = SEGMENT.matcher(text);
            while (segment.find()) {
                byte[] content = read(playlist, segment.group(3), segment.group(1), segment.group(2));
                ByteBuffer fragment = ByteBuffer.wrap(content);
                assertThat(new String(content, 4, 4, StandardCharsets.ISO_8859_1))
                        .isEqualTo("moof");
                if (!playlist.endsWith("audio.m3u8")) {
                    int trun = new String(content, StandardCharsets.ISO_8859_1).indexOf("trun");
                    assertThat(fragment.getInt(trun + 16)).isEqualTo(KEY_FRAME);
                }
            }
        }
    }

    private List<Path> playlists() throws IOException {
        if (!Files.isDirectory(streams)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(streams, 2)) {
            return files.filter(file -> file.toString().contains("growing-")
                            && file.toString().endsWith(".m3u8"))
                    .toList();
        }
    }

    private static byte[] read(Path playlist, String name, String bytes, String offset) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(playlist.resolveSibling(name).toFile(), "r")) {
            byte[] content = new byte[Integer.parseInt(bytes)];
            file.seek(Long.parseLong(offset));
            file.readFully(content);
            return content;
        }
    }

    /**
     * Checks that the playlists grew, and that the last ones contain all frames.
     *
     * @param segments of each rendition
     */
    void assertComplete(int segments, int frames) throws IOException {
        check();
        assertThat(versions).isGreaterThan(last.size());
        List<Path> videos = last.keySet().stream()
                .filter(playlist -> playlist.getFileName().toString().startsWith("video_"))
                .toList();
        assertThat(videos).isNotEmpty();
        assertThat(last).anySatisfy((playlist, text) -> assertThat(playlist).endsWithRaw(Path.of("master.m3u8")));
        assertThat(last).anySatisfy((playlist, text) -> assertThat(playlist).endsWithRaw(Path.of("audio.m3u8")));
        for (Path video : videos) {
            String text = last.get(video);
            assertThat(text).endsWith(END).containsOnlyOnce("#EXT-X-MAP");
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            Matcher map = MAP.matcher(text);
            assertThat(map.find()).isTrue();
            stream.write(read(video, map.group(1), map.group(2), map.group(3)));
            Matcher segment = SEGMENT.matcher(text);
            int count = 0;
            for (; segment.find(); count++) {
                stream.write(read(video, segment.group(3), segment.group(1), segment.group(2)));
            }
            assertThat(count).isEqualTo(segments);
            Path file = Files.write(Files.createTempFile("stream", ".mp4"), stream.toByteArray());
            assertThat(FfmpegFixture.output(
                            FfmpegFixture.ffmpeg().ffprobe(),
                            List.of(
                                    "-v",
                                    "error",
                                    "-count_frames",
                                    "-show_entries",
                                    "stream=nb_read_frames",
                                    "-of",
                                    "csv=p=0",
                                    InputArguments.url(file)),
                            file.getParent()))
                    .containsExactly(String.valueOf(frames));
            Files.delete(file);
        }
    }
}
