package dev.sluice.ffmpeg.probe;

import dev.sluice.common.LruCache;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.media.MediaInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prober with a cache of recent results. The stages of one job probe the same file on the same host: the processing stage after
 * the download stage, and a worker that encodes many segments of one source, for each segment. Thread-safe.
 */
public final class CachingMediaProber {
    private static final int CACHE_SIZE = 64;

    private final MediaProber prober;
    private final Map<FileVersion, MediaInfo> cache = new LruCache<>(CACHE_SIZE);

    public CachingMediaProber(MediaProber prober) {
        this.prober = prober;
    }

    /** As {@link MediaProber#probe}; cached for the same path, size and modification time. */
    public MediaInfo probe(Path file, CancellationToken cancellation) {
        @Nullable FileVersion version = FileVersion.of(file);
        if (version == null) {
            return prober.probe(file, cancellation);
        }
        synchronized (cache) {
            @Nullable MediaInfo cached = cache.get(version);
            if (cached != null) {
                return cached;
            }
        }
        MediaInfo info = prober.probe(file, cancellation);
        synchronized (cache) {
            cache.put(version, info);
        }
        return info;
    }

    private record FileVersion(Path file, long bytes, FileTime modified) {
        /** Null if the file cannot be read; the prober then reports the error. */
        static @Nullable FileVersion of(Path file) {
            try {
                return new FileVersion(file.toAbsolutePath(), Files.size(file), Files.getLastModifiedTime(file));
            } catch (IOException unreadable) {
                return null;
            }
        }
    }
}
