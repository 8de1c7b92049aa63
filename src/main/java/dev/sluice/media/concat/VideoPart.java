package dev.sluice.media.concat;

import dev.sluice.media.segment.EncodedSegment;
import java.nio.file.Path;

/**
 * The file of a segment in one rendition.
 *
 * @param number of the segment, for error messages
 * @param file an MP4 file with one track of H.264 or AV1, whose timestamps are those of the whole video
 * @param frames that the file must contain
 */
public record VideoPart(int number, Path file, EncodedSegment.FrameRange frames) {}
