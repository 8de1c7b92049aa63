package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.endtoend.PlaylistFile.Range;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.InputArguments;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the playlists of videos that are being encoded, again and again, as players do. */
public final class GrowingStreamCheck {
    private final Path streams;
    private final Map<Path, PlaylistFile> last = new HashMap<>();
    private final Map<Range, Integer> contents = new HashMap<>();
    private final Set<Path> deleted = new HashSet<>();
    private int versions;

    /** @param streams directory with the streams of all media items, or of one */
    public GrowingStreamCheck(Path streams) {
        this.streams = streams;
    }

    /**
     * Checks the playlists as they are: they have only been appended to, and what they name exists and has not changed. A stream
     * of which something is missing is being deleted, and must not be written again.
     */
    public void check() throws IOException {
        for (Path path : playlists()) {
            PlaylistFile playlist;
            try {
                playlist = PlaylistFile.read(path);
            } catch (NoSuchFileException replacedNow) {
                continue;
            }
            try {
                check(playlist);
            } catch (FileNotFoundException missing) {
                deleted.add(path);
            }
        }
    }

    private void check(PlaylistFile playlist) throws IOException {
        PlaylistFile before = last.put(playlist.path(), playlist);
        if (playlist.equals(before)) {
            return;
        }
        versions++;
        assertThat(deleted).as("streams of which something was missing").doesNotContain(playlist.path());
        assertThat(playlist.text()).startsWith(before == null ? "#EXTM3U\n" : before.text());
        assertThat(playlist.text().endsWith("\n")).isTrue();
        for (Range segment : playlist.segments()) {
            byte[] content = segment.read();
            assertThat(playlist.error(segment, content)).isEmpty();
            int hash = Arrays.hashCode(content);
            assertThat(contents.merge(segment, hash, (first, now) -> first))
                    .as("%s", segment)
                    .isEqualTo(hash);
        }
    }

    private List<Path> playlists() throws IOException {
        if (!Files.isDirectory(streams)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(streams, 3)) {
            return files.filter(file -> file.toString().contains("growing-")
                            && file.toString().endsWith(".m3u8"))
                    .toList();
        } catch (UncheckedIOException changing) {
            return List.of();
        }
    }

    /** Whether the last playlists of all renditions and of the audio contain the whole video. */
    boolean isComplete() {
        return !last.isEmpty()
                && last.values().stream()
                        .filter(playlist -> !playlist.segments().isEmpty())
                        .allMatch(PlaylistFile::isComplete);
    }

    /** Counts of streams, of those that ended, and of versions of playlists. */
    public String summary() {
        return "%d growing streams, %d ended, %d versions of playlists"
                .formatted(
                        last.keySet().stream().map(Path::getParent).distinct().count(),
                        last.values().stream()
                                .filter(PlaylistFile::isComplete)
                                .map(playlist -> playlist.path().getParent())
                                .distinct()
                                .count(),
                        versions);
    }

    /**
     * Checks that the playlists grew, and that the last ones contain all frames.
     *
     * @param segments of each rendition
     */
    void assertComplete(int segments, int frames) throws IOException {
        check();
        assertThat(deleted).isEmpty();
        assertThat(versions).isGreaterThan(last.size());
        List<PlaylistFile> videos = last.values().stream()
                .filter(playlist -> playlist.path().getFileName().toString().startsWith("video_"))
                .toList();
        assertThat(videos).isNotEmpty();
        assertThat(last).anySatisfy((path, playlist) -> assertThat(path).endsWithRaw(Path.of("master.m3u8")));
        assertThat(last).anySatisfy((path, playlist) -> assertThat(path).endsWithRaw(Path.of("audio.m3u8")));
        for (PlaylistFile video : videos) {
            assertThat(video.isComplete()).isTrue();
            assertThat(video.error()).isEmpty();
            assertThat(video.initializations()).hasSize(1);
            assertThat(video.segments()).hasSize(segments);
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            stream.write(video.initializations().get(0).read());
            for (Range segment : video.segments()) {
                stream.write(segment.read());
            }
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
