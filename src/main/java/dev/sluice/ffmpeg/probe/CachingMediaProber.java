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
 * A prober that remembers the last files it looked at: a source is looked at when it is fetched and again when it is encoded,
 * mostly on one host and within seconds. Safe for use from any thread.
 */
public final class CachingMediaProber {
    private static final int CACHE_SIZE = 64;

    private final MediaProber prober;
    private final Map<FileVersion, MediaInfo> known = new LruCache<>(CACHE_SIZE);

    public CachingMediaProber(MediaProber prober) {
        this.prober = prober;
    }

    /** As {@link MediaProber#probe}, or what that said of the same file before: same place, size and time of last change. */
    public MediaInfo probe(Path file, CancellationToken cancellation) {
        @Nullable FileVersion version = FileVersion.of(file);
        if (version == null) {
            return prober.probe(file, cancellation);
        }
        synchronized (known) {
            @Nullable MediaInfo remembered = known.get(version);
            if (remembered != null) {
                return remembered;
            }
        }
        MediaInfo info = prober.probe(file, cancellation);
        synchronized (known) {
            known.put(version, info);
        }
        return info;
    }

    private record FileVersion(Path file, long bytes, FileTime changed) {
        /** Null where it can't be told; the prober says what is wrong then. */
        static @Nullable FileVersion of(Path file) {
            try {
                return new FileVersion(file.toAbsolutePath(), Files.size(file), Files.getLastModifiedTime(file));
            } catch (IOException unreadable) {
                return null;
            }
        }
    }
}
