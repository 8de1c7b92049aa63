package dev.sluice.media;

import java.time.Duration;
import java.util.List;

/**
 * The video stream of a source that is encoded.
 *
 * @param index of the stream in the file
 * @param codec FFmpeg's name, {@code h264}
 * @param codedSize as stored in most frames, before cropping, aspect ratio and rotation are applied
 * @param sampleAspectRatio width of a pixel divided by its height, in most frames; 1 if not stated
 * @param crop applied to frames of the coded size
 * @param displayMatrix applied to the cropped frames
 * @param frameRate average, in frames per second; 0 if unknown or implausible
 * @param hasInterlacedFrames whether the header or a surveyed frame is interlaced; other frames may be, too
 * @param changesSize whether frames may differ in size or aspect ratio
 * @param aspectChanges aspect ratios of which FFmpeg informs no filter, in order of time; empty if it is the same in all frames
 */
public record VideoStream(
        int index,
        String codec,
        Dimensions codedSize,
        double sampleAspectRatio,
        Crop crop,
        DisplayMatrix displayMatrix,
        double frameRate,
        PixelFormat pixelFormat,
        ColorInfo color,
        boolean hasInterlacedFrames,
        boolean changesSize,
        List<AspectChange> aspectChanges) {
    public VideoStream {
        aspectChanges = List.copyOf(aspectChanges);
    }

    /**
     * An aspect ratio of pixels that differs from that of the frames before it.
     *
     * @param start timestamp of the first frame; the first ratio is that of all frames before the second
     */
    public record AspectChange(Duration start, double sampleAspectRatio) {}

    /** The same stream with timestamps from {@code origin}. */
    public VideoStream from(Duration origin) {
        return new VideoStream(
                index,
                codec,
                codedSize,
                sampleAspectRatio,
                crop,
                displayMatrix,
                frameRate,
                pixelFormat,
                color,
                hasInterlacedFrames,
                changesSize,
                aspectChanges.stream()
                        .map(change -> new AspectChange(change.start().minus(origin), change.sampleAspectRatio()))
                        .toList());
    }

    /** Size as displayed: cropped, with square pixels, rotated. */
    public Dimensions displaySize() {
        Dimensions cropped = crop.apply(codedSize);
        int width = Math.max(1, (int) Math.round(cropped.width() * sampleAspectRatio));
        return displayMatrix.swapsSides()
                ? new Dimensions(cropped.height(), width)
                : new Dimensions(width, cropped.height());
    }
}
