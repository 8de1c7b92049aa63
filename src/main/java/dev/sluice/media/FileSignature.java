package dev.sluice.media;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Detects by the first bytes of a file, not by its name, that it is not a video. Pure. */
public final class FileSignature {
    /** Number of bytes inspected. */
    public static final int LENGTH = 4096;

    private static final Map<String, String> IMAGES_BY_MAGIC = Map.of(
            "89504e470d0a1a0a", "PNG",
            "ffd8ff", "JPEG",
            "49492a00", "TIFF",
            "4d4d002a", "TIFF",
            "38425053", "Photoshop");

    private static final List<String> IMAGE_BRANDS = List.of("heic", "heix", "heim", "heis", "mif1", "avif");

    private static final List<String> PLAYLIST_STARTS =
            List.of("#extm3u", "ffconcat", "[playlist]", "[reference]", "rtsptext", "v=0\r\n", "v=0\n", "<asx");

    private static final List<String> PLAYLIST_ELEMENTS =
            List.of("<mpd", "<smil", "<smoothstreamingmedia", "<playlist", "<compositionplaylist");

    private static final List<String> CONTAINER_STARTS = List.of(
            "1a45dfa3",
            "464c56",
            "4f676753",
            "3026b275",
            "000001",
            "060e2b34",
            "1f0700",
            "444b4946",
            "2e524d46",
            "47494638");

    private static final List<String> BOXES = List.of("ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "uuid");

    private FileSignature() {}

    /** Whether a file has the signature of an accepted container. */
    public static boolean isContainer(byte[] head) {
        String ascii = ascii(head);
        boolean transportStream = isSync(head, 0, 188) || isSync(head, 4, 192);
        return transportStream
                || ascii.startsWith("RIFF")
                || BOXES.stream().anyMatch(box -> ascii.startsWith(box, 4))
                || CONTAINER_STARTS.stream().anyMatch(hex(head)::startsWith);
    }

    /** A transport stream has a sync byte at the start of each packet; the file may start within a packet. */
    private static boolean isSync(byte[] head, int first, int packet) {
        for (int start = first; start < first + packet; start++) {
            if (start + 2 * packet < head.length
                    && head[start] == 0x47
                    && head[start + packet] == 0x47
                    && head[start + 2 * packet] == 0x47) {
                return true;
            }
        }
        return false;
    }

    private static String hex(byte[] head) {
        return HexFormat.of().formatHex(head, 0, Math.min(16, head.length));
    }

    private static String ascii(byte[] head) {
        return new String(head, 0, Math.min(16, head.length), StandardCharsets.ISO_8859_1);
    }

    /** The failure for a file with these first bytes; empty if it may be a video. */
    public static Optional<JobException> reject(byte[] head) {
        return image(head)
                .map(kind -> rejectImage(kind, head))
                .or(() -> text(head).map(FileSignature::rejectText));
    }

    /** FFmpeg has no demuxer for animations in WebP, and none that is allowed for those in PNG. A GIF is accepted. */
    private static JobException rejectImage(String kind, byte[] head) {
        String start = new String(head, StandardCharsets.ISO_8859_1);
        boolean animated =
                (kind.equals("PNG") && start.contains("acTL")) || (kind.equals("WebP") && start.contains("ANIM"));
        return animated
                ? new JobException(
                        ErrorCode.NOT_A_VIDEO,
                        "The file is an animated image (" + kind
                                + "), a format that is not accepted; convert it to MP4, Matroska or WebM.")
                : stillImage(kind);
    }

    /** The failure for a still image of this format. */
    public static JobException stillImage(String kind) {
        return new JobException(ErrorCode.STILL_IMAGE, "The file is a still image (" + kind + "), not a video.");
    }

    private static Optional<String> image(byte[] head) {
        String ascii = ascii(head);
        String hex = hex(head);
        if (ascii.startsWith("RIFF") && ascii.startsWith("WEBP", 8)) {
            return Optional.of("WebP");
        }
        if (ascii.startsWith("BM") && head.length > 6 && head[6] == 0 && head[7] == 0) {
            return Optional.of("BMP");
        }
        if (ascii.startsWith("ftyp", 4) && IMAGE_BRANDS.contains(ascii.substring(8, Math.min(12, ascii.length())))) {
            return Optional.of("HEIF");
        }
        return IMAGES_BY_MAGIC.entrySet().stream()
                .filter(image -> hex.startsWith(image.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The first bytes as text, if they are UTF-8 without control characters other than white space. */
    private static Optional<String> text(byte[] head) {
        try {
            // The last character may be incomplete.
            int end = head.length == LENGTH ? LENGTH - 3 : head.length;
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(head, 0, lastWholeCharacter(head, end)))
                    .toString();
            boolean readable = text.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f');
            return readable ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static int lastWholeCharacter(byte[] head, int end) {
        int last = end;
        while (last > 0 && last < head.length && (head[last] & 0xc0) == 0x80) {
            last--;
        }
        return last;
    }

    private static JobException rejectText(String text) {
        String start = text.replaceFirst("^\\uFEFF?\\s*", "").toLowerCase(Locale.ROOT);
        boolean playlist = PLAYLIST_STARTS.stream().anyMatch(start::startsWith)
                || (start.startsWith("<") && PLAYLIST_ELEMENTS.stream().anyMatch(start::contains));
        if (playlist) {
            return new JobException(
                    ErrorCode.PLAYLIST, "The file is a playlist or script that references other files, not a video.");
        }
        boolean page = start.startsWith("<!doctype html") || start.startsWith("<html");
        return new JobException(
                ErrorCode.NOT_A_VIDEO, "The file is " + (page ? "a web page" : "text") + ", not a video.");
    }
}
