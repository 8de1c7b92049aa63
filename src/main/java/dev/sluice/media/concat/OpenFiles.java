package dev.sluice.media.concat;

import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.Mp4Output;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Opens files when they are read, and keeps the last few open: a long video has more segments than a process may have files. */
final class OpenFiles implements Closeable {
    private static final int MAX_OPEN = 8;

    private final Map<Path, FileChannel> channels = new LinkedHashMap<>(16, 0.75f, true);

    /** The bytes of a file, until this is closed. */
    ByteSource source(Path file) {
        return new ByteSource() {
            @Override
            public long length() throws IOException {
                return channel(file).size();
            }

            @Override
            public int read(ByteBuffer buffer, long position) throws IOException {
                return channel(file).read(buffer, position);
            }

            @Override
            public void transfer(long position, long count, Mp4Output out) throws IOException {
                out.transfer(channel(file), position, count);
            }
        };
    }

    private FileChannel channel(Path file) throws IOException {
        FileChannel open = channels.get(file);
        if (open != null) {
            return open;
        }
        if (channels.size() == MAX_OPEN) {
            Iterator<FileChannel> leastRecentlyUsed = channels.values().iterator();
            leastRecentlyUsed.next().close();
            leastRecentlyUsed.remove();
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        channels.put(file, channel);
        return channel;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels.values()) {
            channel.close();
        }
    }
}
