package dev.sluice.media.mp4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;

/** Codec strings (RFC 6381) of the sample descriptions that the encode writes: H.264, AV1 and AAC. */
public final class SampleDescription {
    /** Bytes of a visual sample entry before its boxes (ISO/IEC 14496-12, 12.1.3). */
    public static final int VISUAL_ENTRY_BYTES = 78;
    /** Bytes of an audio sample entry before its boxes (ISO/IEC 14496-12, 12.2.3). */
    private static final int AUDIO_ENTRY_BYTES = 28;

    /** Fields of {@code colr} of the type {@code nclx}. */
    private static final int COLOR_BYTES = 11;

    private static final int NCLX = 0x6e636c78;

    private static final int ES_DESCRIPTOR = 3;
    private static final int DECODER_CONFIG_DESCRIPTOR = 4;
    private static final int DECODER_SPECIFIC_INFO = 5;
    private static final int MPEG4_AUDIO = 0x40;

    private SampleDescription() {}

    /** The only entry of {@code stsd}. */
    public static Box entry(Mp4Reader reader, Box stsd) throws IOException {
        long entries = stsd.body() + Mp4Reader.VERSION_BYTES;
        Mp4Reader.require(reader.uint32(entries) == 1, "a track has not exactly one sample description");
        return reader.box(entries + Integer.BYTES, stsd.end());
    }

    /** The codec of the only entry of {@code stsd}. */
    public static String codec(Mp4Reader reader, Box stsd) throws IOException {
        Box entry = entry(reader, stsd);
        return switch (entry.type()) {
            case "avc1" -> {
                Box avcC = child(reader, entry, VISUAL_ENTRY_BYTES, "avcC");
                yield "avc1." + HexFormat.of().formatHex(reader.bytes(avcC.body() + 1, 3));
            }
            case "av01" -> av1(reader, entry);
            case "mp4a" -> "mp4a.40." + audioObjectType(reader, child(reader, entry, AUDIO_ENTRY_BYTES, "esds"));
            default -> throw Mp4Reader.invalid("a track is neither H.264 nor AV1 nor AAC");
        };
    }

    /** All parameters of the AV1 Codec ISO Media File Format Binding, section 5: if those of color are omitted, they are BT.709. */
    private static String av1(Mp4Reader reader, Box entry) throws IOException {
        Box av1C = child(reader, entry, VISUAL_ENTRY_BYTES, "av1C");
        int profileAndLevel = unsigned(reader, av1C.body() + 1);
        int format = unsigned(reader, av1C.body() + 2);
        int bitDepth = (format & 0x40) == 0 ? 8 : (format & 0x20) == 0 ? 10 : 12;
        int subsampling = format >> 2 & 3;
        return String.format(
                Locale.ROOT,
                "av01.%d.%02d%s.%02d.%d.%d%d%d.%s",
                profileAndLevel >> 5,
                profileAndLevel & 0x1f,
                (format & 0x80) == 0 ? "M" : "H",
                bitDepth,
                format >> 4 & 1,
                subsampling >> 1,
                subsampling & 1,
                subsampling == 3 ? format & 3 : 0,
                color(reader, child(reader, entry, VISUAL_ENTRY_BYTES, "colr")));
    }

    /** Primaries, transfer, matrix and range. */
    private static String color(Mp4Reader reader, Box colr) throws IOException {
        ByteBuffer fields = ByteBuffer.wrap(reader.bytes(colr.body(), COLOR_BYTES));
        Mp4Reader.require(fields.getInt() == NCLX, "a track has another form of color");
        return String.format(
                Locale.ROOT,
                "%02d.%02d.%02d.%d",
                fields.getShort(),
                fields.getShort(),
                fields.getShort(),
                fields.get() >> 7 & 1);
    }

    private static Box child(Mp4Reader reader, Box entry, int fixedBytes, String type) throws IOException {
        return reader.boxes(entry.body() + fixedBytes, entry.end()).stream()
                .filter(box -> box.type().equals(type))
                .findFirst()
                .orElseThrow(() -> Mp4Reader.invalid("a sample description has no box '" + type + "'"));
    }

    /** Reads the descriptors of ISO/IEC 14496-1, 7.2.6. */
    private static int audioObjectType(Mp4Reader reader, Box esds) throws IOException {
        long position = esds.body() + Mp4Reader.VERSION_BYTES;
        position = enter(reader, esds, position, ES_DESCRIPTOR) + 3;
        position = enter(reader, esds, position, DECODER_CONFIG_DESCRIPTOR);
        Mp4Reader.require(unsigned(reader, position) == MPEG4_AUDIO, "the audio is not MPEG-4 audio");
        position = enter(reader, esds, position + 13, DECODER_SPECIFIC_INFO);
        return unsigned(reader, position) >>> 3;
    }

    /** The position after the tag and the length, of one to four bytes, of a descriptor. */
    private static long enter(Mp4Reader reader, Box esds, long start, int tag) throws IOException {
        Mp4Reader.require(
                start < esds.end() && unsigned(reader, start) == tag,
                String.format(Locale.ROOT, "the audio has no descriptor %d", tag));
        long position = start + 1;
        while (position < esds.end() && unsigned(reader, position) > 0x7f) {
            position++;
        }
        Mp4Reader.require(position + 1 < esds.end(), "the descriptors of the audio are incomplete");
        return position + 1;
    }

    private static int unsigned(Mp4Reader reader, long position) throws IOException {
        return Byte.toUnsignedInt(reader.bytes(position, 1)[0]);
    }
}
