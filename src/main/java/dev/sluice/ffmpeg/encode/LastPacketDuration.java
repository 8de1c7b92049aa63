package dev.sluice.ffmpeg.encode;

import java.util.List;

/**
 * Bitstream filter that extends the duration of the last packet of a video stream, in decoding order, until the durations of all
 * packets add up to the duration of the video. MP4 files store distances between decoding timestamps. With a variable frame rate and
 * reordered frames their sum may be shorter than the video, and readers based on FFmpeg use the shorter one of sum and header.
 */
public final class LastPacketDuration {
    // Variable 0 of the expression is the end of the video so far; NEXT_DTS has no value for the last packet.
    private static final String FILTER = "setts=pts=PTS:dts=DTS:duration='st(0,max(ld(0),PTS+DURATION))*0"
            + "+if(gt(NEXT_DTS,-9e15),DURATION,max(DURATION,ld(0)-STARTPTS+STARTDTS-DTS))'";

    /** Output options for a file with the whole video. */
    public static final List<String> OPTIONS = List.of("-bsf:v", FILTER);

    private LastPacketDuration() {}
}
