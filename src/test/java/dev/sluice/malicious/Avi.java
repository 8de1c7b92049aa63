package dev.sluice.malicious;

import static dev.sluice.malicious.Binary.ascii;
import static dev.sluice.malicious.Binary.join;
import static dev.sluice.malicious.Binary.little;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** AVI files with images drawn by Java. */
final class Avi {
    private Avi() {}

    static byte[] chunk(String id, byte[]... content) {
        byte[] inside = join(content);
        return join(ascii(id), little(inside.length), inside, new byte[inside.length % 2]);
    }

    static byte[] list(String type, byte[]... chunks) {
        return chunk("LIST", ascii(type), join(chunks));
    }

    static byte[] file(int width, int height, int frames, byte[][] streams, byte[]... packets) {
        byte[] header = chunk("avih", little(40_000, 0, 0, 0, frames, 0, streams.length, 0, width, height, 0, 0, 0, 0));
        return chunk("RIFF", ascii("AVI "), list("hdrl", header, join(streams)), list("movi", packets));
    }

    static byte[] videoStream(String codec, int width, int height, int frames) {
        return list(
                "strl",
                chunk("strh", ascii("vids"), ascii(codec), little(0, 0, 0, 1, 25, 0, frames, 0, -1, 0, 0, 0)),
                chunk("strf", little(40, width, height, 24 << 16 | 1), ascii(codec), little(0, 0, 0, 0, 0)));
    }

    static byte[] textStream() {
        return list(
                "strl", chunk("strh", ascii("txts"), little(0, 0, 0, 0, 1, 25, 0, 1, 0, -1, 0, 0, 0)), chunk("strf"));
    }

    /** An embedded subtitle: a whole file in one packet. */
    static byte[] embeddedSubtitle(String name, byte[] content) {
        byte[] wide = name.getBytes(StandardCharsets.UTF_16LE);
        return join(
                ascii("GAB2"),
                new byte[] {0, 2, 0},
                little(wide.length),
                wide,
                new byte[] {4, 0},
                little(content.length),
                content);
    }

    /** Packets that repeat one image. */
    static byte[] packets(byte[] image, int count) {
        byte[][] packets = new byte[count][];
        Arrays.fill(packets, chunk("00dc", image));
        return join(packets);
    }

    /** @param format {@code jpg} or {@code png} */
    static byte[] image(String format, int width, int height) throws IOException {
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D brush = canvas.createGraphics();
        brush.setColor(Color.GREEN);
        brush.fillOval(10, 10, width - 20, height - 20);
        brush.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(canvas, format, out);
        return out.toByteArray();
    }

    /** The JPEG with another size in its header. */
    static byte[] jpegOfSize(byte[] jpeg, int width, int height) {
        int frame = Binary.find(jpeg, "\u00ff\u00c0");
        return Binary.patched(
                jpeg, frame + 5, new byte[] {(byte) (height >> 8), (byte) height, (byte) (width >> 8), (byte) width});
    }

    /** The PNG with another size in its header. */
    static byte[] pngOfSize(byte[] png, int width, int height) {
        byte[] resized = Binary.patched(png, 16, Binary.big(width, height));
        CRC32 crc = new CRC32();
        crc.update(resized, 12, 17);
        return Binary.patched(resized, 29, Binary.big(crc.getValue()));
    }
}
