package dev.sluice.media;

import java.util.regex.Pattern;

/**
 * Pixel format of decoded frames.
 *
 * @param name FFmpeg's name, {@code yuv420p}
 */
public record PixelFormat(String name) {
    private static final Pattern RGB = Pattern.compile("(0|a|x2)?(rgb|bgr|gbr).*|pal8|bayer.*");
    private static final Pattern ALPHA =
            Pattern.compile("yuva.*|ya(8|16|f).*|(rgba|bgra|argb|abgr|gbrap|ayuv|vuya).*|pal8");

    /** Whether the components are red, green and blue. */
    public boolean isRgb() {
        return RGB.matcher(name).matches();
    }

    /** Whether pixels can be transparent. */
    public boolean hasAlpha() {
        return ALPHA.matcher(name).matches();
    }

    /** Whether the format implies full range, whatever the tags are. */
    boolean isFullRange() {
        return isRgb() || name.startsWith("yuvj");
    }
}
