package dev.sluice.media.concat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.CompositeSource;
import dev.sluice.media.mp4.Mp4Output;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * An MP4 file with the video of several files and the audio of another one. Only its header is written, to a file of its own; the
 * samples stay where they are. Timestamps, durations, sync flags and edit lists are those that FFmpeg's concat demuxer and MP4 muxer
 * give them.
 *
 * <p>Memory: 24 bytes for each range of adjacent samples in a file, and buffers of some 100 KiB. For one thread.
 */
public final class ConcatenatedMovie implements Closeable {
    private final OpenFiles files = new OpenFiles();
    private final CompositeSource movie = new CompositeSource();
    private final Path header;

    private ConcatenatedMovie(Path header) {
        this.header = header;
    }

    /**
     * Reads the sample tables of all files; blocks.
     *
     * @param parts in order, one or more
     * @param header is written, and deleted by {@link #close}
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if a file is not a valid MP4 file, does not have its frames, or has another
     *     format than the first one; DISK_FULL, FILES_MISSING, or the cancellation's reason
     */
    public static ConcatenatedMovie create(
            List<VideoPart> parts, Optional<Path> audio, Path header, CancellationToken cancellation) {
        ConcatenatedMovie movie = new ConcatenatedMovie(header);
        try {
            movie.build(parts, audio, cancellation);
        } catch (IOException cause) {
            movie.close();
            throw FileErrorMapper.translate(cause);
        } catch (RuntimeException cause) {
            movie.close();
            throw cause;
        }
        return movie;
    }

    private void build(List<VideoPart> parts, Optional<Path> audio, CancellationToken cancellation) throws IOException {
        ConcatVideo video = new ConcatVideo(parts, files::source, cancellation);
        VideoTables tables = new VideoTables(video);
        Optional<ConcatAudio> sound =
                audio.isPresent() ? Optional.of(new ConcatAudio(files.source(audio.get()))) : Optional.empty();
        ConcatHeader boxes = new ConcatHeader(video, tables, sound);
        long[] parameterSets = writeHeader(
                boxes, tables.bytes() + sound.map(ConcatAudio::bytes).orElse(0L), video.parameterSets());
        ByteSource written = files.source(header);
        movie.append(written, 0, boxes.bytes());
        video.forEach(sample -> {
            movie.append(written, parameterSets[sample.part()], sample.prefixBytes());
            movie.append(sample.source(), sample.position(), sample.sourceBytes());
        });
        if (sound.isPresent()) {
            sound.get().appendSamples(movie);
        }
    }

    /** Writes the header, and after it the parameter sets of each part; returns their positions. */
    private long[] writeHeader(ConcatHeader boxes, long sampleBytes, List<byte[]> parameterSets) throws IOException {
        long[] positions = new long[parameterSets.size()];
        try (FileChannel channel = PrivateFiles.open(header, StandardOpenOption.TRUNCATE_EXISTING)) {
            Mp4Output out = new Mp4Output(channel);
            boxes.writeTo(out, sampleBytes);
            for (int i = 0; i < positions.length; i++) {
                positions[i] = out.position();
                out.bytes(parameterSets.get(i));
            }
            out.flush();
        }
        return positions;
    }

    /** The whole file, until this is closed. */
    public ByteSource source() {
        return movie;
    }

    @Override
    public void close() {
        try {
            files.close();
            Files.deleteIfExists(header);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }
}
