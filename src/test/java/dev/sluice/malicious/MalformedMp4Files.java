package dev.sluice.malicious;

import static dev.sluice.malicious.Binary.ascii;
import static dev.sluice.malicious.Binary.big;
import static dev.sluice.malicious.Binary.join;
import static dev.sluice.malicious.Binary.patched;
import static dev.sluice.malicious.MaliciousFile.COMPLETED;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * MP4 files with wrong or excessive values.
 *
 * @param clip a valid video
 * @param still a video of one frame
 * @param secret a video of another user
 * @param port of a listener on the loopback interface
 */
record MalformedMp4Files(byte[] clip, byte[] still, Path secret, int port) {
    private static final String MEDIA = "moov/trak/mdia/";
    private static final String TABLES = MEDIA + "minf/stbl/";
    private static final String REFERENCES = MEDIA + "minf/dinf/dref";
    private static final int MILLION = 1_000_000;
    private static final byte[] NEVER = big(0xfffffffeL);

    List<MaliciousFile> all() {
        return List.of(
                new MaliciousFile("reference-url.mp4", withReference(urlReference()), COMPLETED),
                new MaliciousFile("reference-alias.mov", withReference(aliasReference()), "no_frames"),
                new MaliciousFile("reference-movie.mov", referenceMovie(), "unreadable"),
                new MaliciousFile("endless-header.mp4", endlessHeader(), COMPLETED),
                new MaliciousFile("endless-frames.mp4", endlessFrames(), "too_long"),
                new MaliciousFile("wrong-size.mp4", wrongSize(), COMPLETED),
                new MaliciousFile("million-frames.mp4", millionFrames(), "time_exceeded"),
                new MaliciousFile("endless-samples.mp4", endlessSamples(), "memory_exceeded"),
                new MaliciousFile(
                        "absurd-box.mp4", Mp4.file(Mp4.boxOfSize(0x7fffffff, "moov", big(0, 0))), "no_video_stream"),
                new MaliciousFile(
                        "absurd-long-box.mp4", Mp4.file(Mp4.boxOfSize(1, "moov", big(-1, -1, 0))), "unreadable"),
                new MaliciousFile("nested.mp4", Mp4.file(Mp4.nested("moov", 10_000)), "unreadable"),
                new MaliciousFile("cut.mp4", Arrays.copyOf(clip, clip.length / 2), "unreadable"));
    }

    private byte[] withReference(byte[] reference) {
        return Mp4.changed(clip, REFERENCES, old -> join(big(0, 1), reference));
    }

    private byte[] urlReference() {
        return Mp4.box("url ", big(0), ascii("http://127.0.0.1:" + port + "/video.mp4"), new byte[1]);
    }

    /** An alias as written by QuickTime: the path of the media on the original host. */
    private byte[] aliasReference() {
        byte[] path = ascii(secret.toString());
        byte[] even = Arrays.copyOf(path, path.length + path.length % 2);
        return Mp4.box(
                "alis",
                big(0),
                new byte[10 + 1 + 27 + 12 + 1 + 63 + 16],
                new byte[] {0, 1, 0, 1},
                new byte[16],
                new byte[] {0, 2, (byte) (path.length >> 8), (byte) path.length},
                even,
                big(-1));
    }

    private byte[] referenceMovie() {
        byte[] url = join(ascii("http://127.0.0.1:" + port + "/video.mov"), new byte[1]);
        byte[] location = Mp4.box("rdrf", big(0), ascii("url "), big(url.length), url);
        return Mp4.file(Mp4.box("moov", Mp4.box("rmra", Mp4.box("rmda", location))));
    }

    private byte[] endlessHeader() {
        byte[] movie = Mp4.changed(clip, "moov/mvhd", old -> patched(old, 16, NEVER));
        byte[] track = Mp4.changed(movie, "moov/trak/tkhd", old -> patched(old, 20, NEVER));
        return Mp4.changed(track, MEDIA + "mdhd", old -> patched(old, 16, NEVER));
    }

    private byte[] endlessFrames() {
        byte[] endless = Mp4.changed(clip, TABLES + "stts", old -> patched(old, 12, big(0x0fffffff)));
        return withoutEditList(Mp4.changed(endless, MEDIA + "mdhd", old -> patched(old, 16, NEVER)));
    }

    private byte[] wrongSize() {
        int sample = Binary.find(clip, "avc1\0\0\0\0\0\0");
        byte[] entry = patched(clip, sample + 28, big(60_000 << 16 | 60_000));
        return Mp4.changed(entry, "moov/trak/tkhd", old -> patched(old, 76, big(60_000 << 16, 60_000 << 16)));
    }

    /** One frame, displayed a million times at 250 frames per second: the chunk table repeats the same offset. */
    private byte[] millionFrames() {
        int[] chunks = new int[1];
        long[] delta = new long[1];
        Mp4.changed(still, TABLES + "stco", old -> {
            chunks[0] = ByteBuffer.wrap(old).getInt(8);
            return old;
        });
        Mp4.changed(still, TABLES + "stts", old -> {
            delta[0] = ByteBuffer.wrap(old).getInt(12) / 10;
            return old;
        });
        ByteBuffer offsets = ByteBuffer.allocate(8 + 4 * MILLION).putInt(0).putInt(MILLION);
        for (int i = 0; i < MILLION; i++) {
            offsets.putInt(chunks[0]);
        }
        byte[] many = Mp4.changed(still, TABLES + "stts", old -> big(0, 1, MILLION, delta[0]));
        many = Mp4.changed(many, TABLES + "stsz", old -> patched(Arrays.copyOf(old, 12), 8, big(MILLION)));
        many = Mp4.changed(many, TABLES + "stsc", old -> big(0, 1, 1, 1, 1));
        many = Mp4.changed(many, TABLES + "stco", old -> offsets.array());
        many = Mp4.changed(many, MEDIA + "mdhd", old -> patched(old, 16, big(MILLION * delta[0])));
        return withoutEditList(many);
    }

    private byte[] endlessSamples() {
        byte[] sizes = Mp4.changed(clip, TABLES + "stsz", old -> big(0, 0, 0xffffffffL, 1));
        return Mp4.changed(sizes, TABLES + "stts", old -> big(0, 0x3fffffff, 1, 1));
    }

    private static byte[] withoutEditList(byte[] movie) {
        return patched(movie, Binary.find(movie, "edts"), ascii("free"));
    }
}
