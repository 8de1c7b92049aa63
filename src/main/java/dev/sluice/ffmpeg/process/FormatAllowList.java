package dev.sluice.ffmpeg.process;

import java.util.List;

/**
 * Demuxers and decoders that FFmpeg may use for untrusted files. FFmpeg itself rejects all others: demuxers that open other
 * files, and hundreds of decoders that are rarely needed and hardly maintained.
 */
final class FormatAllowList {
    /** Containers of videos and animations that consist of one file. */
    static final List<String> DEMUXERS = words("mov matroska avi mpegts mpeg flv ogg asf mxf dv ivf rm gif");

    private static final String VIDEO = "h264 hevc av1 libdav1d libaom-av1 vp8 vp9 vp6 vp6f mpeg1video mpeg2video mpeg4"
            + " msmpeg4v1 msmpeg4v2 msmpeg4 h263 flv theora wmv1 wmv2 wmv3 vc1 mjpeg prores dnxhd dvvideo rawvideo"
            + " jpeg2000 cfhd ffv1 utvideo huffyuv ffvhuff qtrle v210 svq1 svq3 cinepak rpza rv10 rv20 rv30 rv40";

    private static final String AUDIO =
            "aac aac_latm mp3 mp3float mp2 mp2float mp1 mp1float ac3 eac3 dca truehd mlp opus vorbis flac"
                    + " alac amrnb amrwb wmav1 wmav2 wmapro wmavoice wmalossless nellymoser qdm2 cook sipr ra_144 ra_288"
                    + " speex adpcm_ms adpcm_ima_qt adpcm_ima_wav adpcm_swf pcm_s16le"
                    + " pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be pcm_u8"
                    + " pcm_s8 pcm_alaw pcm_mulaw pcm_bluray pcm_dvd";

    /** Never mapped, but opened by FFmpeg to describe a file: cover art and subtitles. */
    private static final String AUXILIARY =
            "png bmp gif pgssub dvbsub dvdsub xsub mov_text subrip srt ass ssa webvtt text cc_dec";

    /** Decoders that may be opened. */
    static final List<String> DECODERS = words(VIDEO + " " + AUDIO + " " + AUXILIARY);

    private FormatAllowList() {}

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }
}
