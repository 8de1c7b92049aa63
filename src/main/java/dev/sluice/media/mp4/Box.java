package dev.sluice.media.mp4;

/**
 * A box of an MP4 file (ISO/IEC 14496-12, 4.2).
 *
 * @param start position of its header in the file, bytes
 * @param body position after its header
 * @param end position after the box
 */
public record Box(String type, long start, long body, long end) {
    public long bodyBytes() {
        return end - body;
    }
}
