package dev.sluice.ffmpeg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Clips of FFmpeg's test source, 25 frames per second, with closed captions (CTA-608) in messages before the frames (ATSC A/53). Frames
 * without captions have no message.
 */
public final class CaptionedClip {
    private static final int RESUME_CAPTION_LOADING = 0x1420;
    private static final int ERASE_NOT_DISPLAYED = 0x142e;
    private static final int BOTTOM_ROW = 0x1470;
    private static final int END_OF_CAPTION = 0x142f;
    private static final int ERASE_DISPLAYED = 0x142c;
    private static final int ROLL_UP_TWO_ROWS = 0x1425;
    private static final int CARRIAGE_RETURN = 0x142d;
    private static final int RESUME_TEXT_DISPLAY = 0x142b;
    /** The second channel of a field. */
    private static final int SECOND_CHANNEL = 0x0800;
    /** Mode codes of the second field. */
    private static final int SECOND_FIELD = 0x0100;

    private static final int START_CODE_BYTES = 3;

    private final Map<Integer, List<int[]>> frames = new TreeMap<>();

    /** Adds a pair without parity to a frame. */
    public CaptionedClip pair(int frame, int type, int pair) {
        frames.computeIfAbsent(frame, none -> new ArrayList<>())
                .add(new int[] {type, odd(pair >> 8), odd(pair & 0x7f)});
        return this;
    }

    /**
     * Shows a text from a frame on, loaded in the frames before it.
     *
     * @param channel 1 to 4
     * @param end first frame without the text
     */
    public CaptionedClip popOn(int channel, String text, int start, int end) {
        List<Integer> pairs = new ArrayList<>(List.of(
                mode(RESUME_CAPTION_LOADING, channel),
                mode(ERASE_NOT_DISPLAYED, channel),
                inChannel(BOTTOM_ROW, channel)));
        pairs.addAll(characters(text));
        for (int i = 0; i < pairs.size(); i++) {
            pair(start - pairs.size() + i, field(channel), pairs.get(i));
        }
        return pair(start, field(channel), mode(END_OF_CAPTION, channel))
                .pair(end, field(channel), mode(ERASE_DISPLAYED, channel));
    }

    /** Shows a text below the one before it, a pair a frame. */
    public CaptionedClip rollUp(int channel, String text, int start) {
        return line(channel, ROLL_UP_TWO_ROWS, text, start);
    }

    /** Adds text that is no caption. */
    public CaptionedClip textService(int channel, String text, int start) {
        return line(channel, RESUME_TEXT_DISPLAY, text, start);
    }

    private CaptionedClip line(int channel, int mode, String text, int start) {
        List<Integer> pairs = new ArrayList<>(List.of(mode(mode, channel), mode(CARRIAGE_RETURN, channel)));
        pairs.addAll(characters(text));
        for (int i = 0; i < pairs.size(); i++) {
            pair(start + i, field(channel), pairs.get(i));
        }
        return this;
    }

    private static int field(int channel) {
        return (channel - 1) / 2;
    }

    private static int inChannel(int code, int channel) {
        return channel % 2 == 0 ? code | SECOND_CHANNEL : code;
    }

    private static int mode(int code, int channel) {
        return inChannel(channel > 2 ? code | SECOND_FIELD : code, channel);
    }

    private static List<Integer> characters(String text) {
        List<Integer> pairs = new ArrayList<>();
        for (int i = 0; i < text.length(); i += 2) {
            pairs.add(text.charAt(i) << 8 | (i + 1 < text.length() ? text.charAt(i + 1) : 0));
        }
        return pairs;
    }

    private static int odd(int value) {
        return Integer.bitCount(value) % 2 == 0 ? value | 0x80 : value;
    }

    /**
     * Encodes a clip as {@link FfmpegFixture#clip} does, without B-frames; blocks.
     *
     * @param more further inputs, and options of the muxer
     */
    public Path write(Path file, String video, String audio, String... more) throws IOException {
        Path plain = file.resolveSibling(file.getFileName() + ".plain.h264");
        FfmpegFixture.clip(plain, video, audio, "-map", "0", "-x264-params", "slices=1:sliced-threads=0");
        Path captioned =
                Files.write(file.resolveSibling(file.getFileName() + ".h264"), insert(Files.readAllBytes(plain)));
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-y"));
        command.addAll(List.of("-framerate", "25", "-i", captioned.toString(), "-f", "lavfi", "-i", audio));
        command.addAll(List.of(more));
        command.addAll(List.of("-c:v", "copy", file.toString()));
        FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, file.getParent());
        return file;
    }

    /** Inserts a message before each slice; the encoder wrote one slice a frame, in the order of presentation. */
    private byte[] insert(byte[] stream) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int frame = 0;
        for (int i = 0; i < stream.length; i++) {
            if (i + START_CODE_BYTES < stream.length
                    && stream[i] == 0
                    && stream[i + 1] == 0
                    && stream[i + 2] == 1
                    && isSlice(stream[i + START_CODE_BYTES])) {
                out.writeBytes(message(frames.getOrDefault(frame++, List.of())));
            }
            out.write(stream[i]);
        }
        return out.toByteArray();
    }

    private static boolean isSlice(byte header) {
        int type = header & 0x1f;
        return type == 1 || type == 5;
    }

    /** An SEI message; its caption data contain no two zeros in a row, so nothing must be escaped. */
    private static byte[] message(List<int[]> pairs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!pairs.isEmpty()) {
            out.writeBytes(new byte[] {0, 0, 1, 6, 4, (byte) (11 + 3 * pairs.size()), (byte) 0xb5, 0, 0x31});
            out.writeBytes("GA94".getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(new byte[] {3, (byte) (0x40 | pairs.size()), (byte) 0xff});
            pairs.forEach(pair -> {
                out.write(0xfc | pair[0]);
                out.write(pair[1]);
                out.write(pair[2]);
            });
            out.writeBytes(new byte[] {(byte) 0xff, (byte) 0x80});
        }
        return out.toByteArray();
    }
}
