package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.TestSources;
import dev.sluice.ffmpeg.probe.FfprobeCommand;
import dev.sluice.ffmpeg.segment.SegmentConcatenator;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.VideoStream;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.segment.SegmentPlan;
import dev.sluice.standalone.bench.BaselineCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Complete command lines of FFmpeg and ffprobe. */
class CommandLineTest {
    private static final Path SOURCE = Path.of("/in/-source name.mov");

    private static final String OPENING = """
            -max_alloc 283115520 -protocol_whitelist file \
            -format_whitelist mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,mxf,dv,ivf,rm,gif \
            -codec_whitelist h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,vp6,vp6f,mpeg1video,mpeg2video,mpeg4,\
            msmpeg4v1,msmpeg4v2,msmpeg4,h263,flv,theora,wmv1,wmv2,wmv3,vc1,mjpeg,prores,dnxhd,dvvideo,rawvideo,\
            jpeg2000,cfhd,ffv1,utvideo,huffyuv,ffvhuff,qtrle,v210,svq1,svq3,cinepak,rpza,rv10,rv20,rv30,rv40,aac,\
            aac_latm,mp3,mp3float,mp2,mp2float,mp1,mp1float,ac3,eac3,dca,truehd,mlp,opus,vorbis,flac,alac,amrnb,\
            amrwb,wmav1,wmav2,wmapro,wmavoice,wmalossless,nellymoser,qdm2,cook,sipr,ra_144,ra_288,speex,adpcm_ms,\
            adpcm_ima_qt,adpcm_ima_wav,adpcm_swf,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,\
            pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,png,bmp,\
            gif,pgssub,dvbsub,dvdsub,xsub,mov_text,subrip,srt,ass,ssa,webvtt,text,cc_dec \
            -max_streams 32 -max_pixels 35389440 -i file:/in/-source name.mov""";

    private static final String WITHOUT_SIDE_DATA = """
            [0:0]sidedata=mode=delete:type=MASTERING_DISPLAY_METADATA,sidedata=mode=delete:type=CONTENT_LIGHT_LEVEL,\
            sidedata=mode=delete:type=DYNAMIC_HDR_PLUS,sidedata=mode=delete:type=DYNAMIC_HDR_VIVID,\
            sidedata=mode=delete:type=AMBIENT_VIEWING_ENVIRONMENT,sidedata=mode=delete:type=DOVI_RPU_BUFFER,\
            sidedata=mode=delete:type=DOVI_METADATA,sidedata=mode=delete:type=ICC_PROFILE,\
            sidedata=mode=delete:type=SPHERICAL,""";

    private static final String BT709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709";

    private static final String FILTERS = WITHOUT_SIDE_DATA + BT709 + """
            ,scale=1920:1080,bwdif=mode=send_frame:deint=interlaced,\
            setpts='if(between(PTS-PREV_OUTPTS,-0.02/TB,0.002/TB),PREV_OUTPTS+0.002/TB,PTS)',\
            split=2[all][some];\
            [all]scale=1280:720:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,""" + BT709 + """
            ,split=2[v0][from0];\
            [from0]scale=960:540:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,""" + BT709 + """
            ,split=2[v1][from1];\
            [from1]scale=640:360:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,""" + BT709 + """
            [v2];\
            [some]select='isnan(prev_selected_t)+gt(floor((t-(start_t-0.000002))/0.5),\
            floor((prev_selected_t-(start_t-0.000002))/0.5))',\
            scale=320:180:out_color_matrix=smpte170m:out_range=pc,setsar=1,format=yuv420p,\
            split=4[each][first][candidates][small];\
            [each]select='isnan(prev_selected_t)+gt(floor((t-(start_t-0.000002))/15),\
            floor((prev_selected_t-(start_t-0.000002))/15))'[thumbnails];\
            [first]trim=end_frame=1,setpts=PTS-1000000/TB[placeholder];\
            [candidates]signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=22:function=greater,\
            siti,metadata=select:key=lavfi.siti.si:value=14:function=greater,\
            select='isnan(prev_selected_t)+gt(floor((t-(0.020998))/15),floor((prev_selected_t-(0.020998))/15))'[good];\
            [placeholder][good]interleave[contents];\
            [small]select='isnan(prev_selected_t)+gt(floor((t-(0.020998))/1),\
            floor((prev_selected_t-(0.020998))/1))',scale=160:90[tiles]""";

    private static final String MIN_DISTANCE =
            "setpts='if(between(PTS-PREV_OUTPTS,-0.02/TB,0.002/TB),PREV_OUTPTS+0.002/TB,PTS)',";

    private static final String OUTPUTS = "-filter_complex_threads 1 -filter_complex " + FILTERS + " " + """
            -map [v0] -maxrate:v:0 2500000 -bufsize:v:0 5000000 -threads:v:0 2 \
            -map [v1] -maxrate:v:1 1500000 -bufsize:v:1 3000000 -threads:v:1 1 \
            -map [v2] -maxrate:v:2 800000 -bufsize:v:2 1600000 -threads:v:2 1 \
            -force_key_frames:v expr:isnan(prev_forced_t)\
            +gt(floor((t+0.000002)/2),floor((prev_forced_t+0.000002)/2)) \
            -c:v libx264 -preset medium -crf 23 -pix_fmt yuv420p -flags +cgop+global_header -sc_threshold 0 \
            -g 100000 -fps_mode:v vfr -enc_time_base:v demux -x264-params fps=30000/1000 \
            -bsf:v setts=pts=PTS:dts=DTS:duration='st(0,max(ld(0),PTS+DURATION))*0\
            +if(gt(NEXT_DTS,-9e15),DURATION,max(DURATION,ld(0)-STARTPTS+STARTDTS-DTS))' \
            -map 0:1 -af aresample=async=1000:min_hard_comp=0.02 -c:a aac -b:a 128000 -ac 2 -ar 48000 \
            -sn -dn -map_metadata -1 -map_chapters -1 -f tee \
            [f=mp4:select=\\'v:0,a\\']720p.mp4|\
            [f=mp4:select=\\'v:1,a\\']540p.mp4|\
            [f=mp4:select=\\'v:2,a\\']360p.mp4 \
            -map [thumbnails] -c:v mjpeg -q:v 3 -threads:v 1 -fps_mode:v vfr -enc_time_base:v 1:1000 -map_metadata -1 \
            -f image2 -frame_pts 1 file:thumbnail-%d.jpg \
            -map [contents] -c:v mjpeg -q:v 3 -threads:v 1 -fps_mode:v passthrough -enc_time_base:v 1:1000 \
            -map_metadata -1 -f image2 -frame_pts 1 file:content-%d.jpg \
            -map [tiles] -c:v mjpeg -q:v 3 -threads:v 1 -fps_mode:v vfr -enc_time_base:v 1:1000 -map_metadata -1 \
            -f image2 -frame_pts 1 file:tile-%d.jpg""";

    private final EncodeCommand encode = new EncodeCommand(FfmpegFixture.withPreset("medium"), 2);

    @Test
    void encodesAllOutputsInOneRun() {
        assertThat(line(encode.arguments(
                        new ProbedSource(SOURCE, TestSources.FULL_HD), renditions(TestSources.FULL_HD))))
                .isEqualTo(
                        "-nostdin -hide_banner -nostats -loglevel level+warning -progress pipe:1 -stats_period 0.5 -y"
                                + " -max_error_rate 1 -threads 2 -t 14460 -reinit_filter:0 0 " + OPENING + " "
                                + OUTPUTS);
    }

    @Test
    void reducesEffortOfAllRenditionsButSmallest() {
        EncodeCommand reduced =
                new EncodeCommand(FfmpegFixture.withPreset("medium").withEffort(MediaConfig.Effort.REDUCED), 2);

        assertThat(line(reduced.outputs(TestSources.FULL_HD, renditions(TestSources.FULL_HD))))
                .contains(" -x264-params fps=30000/1000"
                        + " -x264-params:v:0 fps=30000/1000:ref=1:mixed-refs=0:partitions=p8x8,i8x8,i4x4"
                        + " -x264-params:v:1 fps=30000/1000:ref=1:mixed-refs=0:partitions=p8x8,i8x8,i4x4 ")
                .doesNotContain("-x264-params:v:2");
    }

    @Test
    void encodesExcerptWithBothEfforts() {
        String settings = """
                -threads:v 1 -maxrate:v 800000 -bufsize:v 1600000 \
                -force_key_frames:v expr:isnan(prev_forced_t)\
                +gt(floor((t+0.000002)/2),floor((prev_forced_t+0.000002)/2)) \
                -c:v libx264 -preset medium -crf 23 -pix_fmt yuv420p -flags +cgop+global_header -sc_threshold 0 \
                -g 100000 -fps_mode:v vfr -enc_time_base:v demux -x264-params fps=30000/1000:psnr=1""";

        assertThat(line(encode.trial(new ProbedSource(SOURCE, TestSources.FULL_HD), Duration.ofSeconds(20), 24)))
                .startsWith("-nostdin -hide_banner -nostats -loglevel level+info -progress pipe:1 -stats_period 0.5"
                        + " -max_error_rate 1 -threads 2 -copyts -itsoffset ")
                .contains(" -noaccurate_seek -seek_timestamp 1 -ss 21.4 ")
                .contains(MIN_DISTANCE + "trim=end_frame=24,setpts=PTS-STARTPTS[all];[all]scale=640:360:")
                .endsWith("[v0];[v0]split=2[t0][t1] -map [t0] " + settings + " -f null - -map [t1] " + settings
                        + ":ref=1:mixed-refs=0:partitions=p8x8,i8x8,i4x4 -f null -");
    }

    /** By the filters of the H.264 rendition of its size. */
    @Test
    void encodesLargestRenditionInAv1() {
        MediaConfig media = FfmpegFixture.withAv1(FfmpegFixture.withPreset("medium"));
        MediaInfo info = TestSources.FULL_HD;

        assertThat(line(new EncodeCommand(media, 8)
                        .outputs(
                                info,
                                new RenditionLadder(media)
                                        .renditions(info.video().displaySize()))))
                .contains("split=3[v0][v1][from1];[from1]scale=960:540:", "split=2[v2][from2];[from2]scale=640:360:")
                .contains(
                        "-map [v0] -maxrate:v:0 2500000 -bufsize:v:0 5000000 -threads:v:0 3 -map [v1] ",
                        " -c:v:0 libsvtav1 -c:v:1 libx264 -c:v:2 libx264 -c:v:3 libx264 -force_key_frames:v ",
                        " -preset medium -crf 23 -pix_fmt ",
                        " -x264-params fps=30000/1000 -preset:v:0 8 -crf:v:0 35"
                                + " -svtav1-params:v:0 lp=3:fps-num=25000:fps-denom=1000 ",
                        "[f=mp4:select=\\'v:0,a\\']720pav1.mp4|[f=mp4:select=\\'v:1,a\\']720p.mp4|")
                .doesNotContain("-c:v libx264");
    }

    @ParameterizedTest(name = "crf {0} and {1} fps")
    @CsvSource({"20, 29.97, 29, 29970", "51, 0, 63, 30000", "0, 300, 1, 240000", "23, 0.5, 35, 1000"})
    void limitsOptionsOfAv1(int crf, double frameRate, int expectedCrf, int expectedRate) {
        assertThat(line(new Av1Encoder(crf, frameRate).options(2, 16)))
                .isEqualTo("-preset:v:2 8 -crf:v:2 " + expectedCrf + " -svtav1-params:v:2 lp=4:fps-num=" + expectedRate
                        + ":fps-denom=1000");
    }

    @Test
    void omitsAudioWhenSourceHasNone() {
        MediaInfo withoutAudio = TestSources.of(TestSources.video(640, 360), Optional.empty());

        assertThat(line(encode.outputs(withoutAudio, renditions(withoutAudio))))
                .contains("-f tee [f=mp4:select=\\'v:0\\']360p.mp4 ")
                .doesNotContain("-c:a")
                .doesNotContain("v:0,a");
    }

    @Test
    void distributesThreadsByPixels() {
        assertThat(line(new EncodeCommand(FfmpegFixture.MEDIA, 8)
                        .outputs(TestSources.FULL_HD, renditions(TestSources.FULL_HD))))
                .contains("-threads:v:0 5", "-threads:v:1 3", "-threads:v:2 2");
    }

    @Test
    void usesFewThreadsForScalingAndAllForExpensiveFilters() {
        MediaInfo hdr =
                TestSources.of(TestSources.video(3840, 2160, false, Optional.of("smpte2084")), Optional.empty());

        assertThat(filterThreads(TestSources.FULL_HD, 3)).isEqualTo("1");
        assertThat(filterThreads(TestSources.FULL_HD, 16)).isEqualTo("4");
        assertThat(filterThreads(hdr, 16)).isEqualTo("16");
        assertThat(filterThreads(
                        TestSources.of(TestSources.video(720, 576, true, Optional.empty()), Optional.empty()), 16))
                .isEqualTo("16");
    }

    @Test
    void deinterlacesInterlacedVideo() {
        assertThat(filters(TestSources.video(720, 576, true, Optional.empty())))
                .contains(
                        "scale=720:576,bwdif=mode=send_frame:deint=interlaced," + MIN_DISTANCE + "split=2[all][some];");
    }

    @Test
    void toneMapsHdr() {
        assertThat(filters(TestSources.video(3840, 2160, false, Optional.of("smpte2084"))))
                .contains("setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084,")
                .contains("scale=1280:720:flags=bicubic,format=yuv444p16le,zscale=t=linear:npl=100,format=gbrpf32le,"
                        + "zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
                        + "split=2[all][some];");
    }

    @Test
    void probesContainerAndStreams() {
        assertThat(line(FfprobeCommand.describe(SOURCE, FfmpegFixture.LIMITS)))
                .isEqualTo(
                        "-hide_banner -loglevel level+warning -show_format -show_programs -show_chapters -show_streams -print_format json=compact=1 "
                                + OPENING);
    }

    @Test
    void probesPacketTimestamps() {
        assertThat(line(FfprobeCommand.packetTimes(SOURCE, 3, FfmpegFixture.LIMITS, Set.of())))
                .isEqualTo("-hide_banner -loglevel level+warning -select_streams 3"
                        + " -show_entries packet=pts_time,duration_time,flags -print_format csv=print_section=0 "
                        + OPENING);
    }

    @Test
    void startsSegmentLikePartOfWholeVideo() {
        String command = line(segment(1, encode));

        assertThat(command)
                .startsWith(
                        "-nostdin -hide_banner -nostats -loglevel level+warning -progress pipe:1 -stats_period 0.5 -y"
                                + " -max_error_rate 1 -threads 2 -copyts -itsoffset -1.4"
                                + " -noaccurate_seek -seek_timestamp 1 -ss 10.9 ")
                .contains(MIN_DISTANCE + "trim=start=9.999998:end=20.399998,split=2[all][some];")
                .contains("[some]trim=end=19.999998,select=")
                .contains(" -force_key_frames:v expr:isnan(prev_forced_t)"
                        + "+gt(floor((t+0.040002)/2),floor((prev_forced_t+0.040002)/2)) ")
                .contains(" -fps_mode:v vfr -enc_time_base:v demux -x264-params fps=30000/1000:zones=0,0,crf=20.09"
                        + " -bsf:v noise=drop=gte(pts*tb\\,19.999998) -sn ");
    }

    @Test
    void encodesNoLookaheadAfterLastSegment() {
        String command = line(segment(2, encode));

        assertThat(command)
                .contains(MIN_DISTANCE + "trim=start=19.999998,split=2[all][some];")
                .doesNotContain("-bsf");
    }

    @Test
    void omitsRateControlOptionsWithoutEffect() {
        EncodeCommand withoutTree = new EncodeCommand(FfmpegFixture.withPreset("superfast"), 2);

        assertThat(line(segment(0, encode))).doesNotContain("zones");
        assertThat(line(segment(1, withoutTree))).doesNotContain("zones", "-bsf:v");
    }

    private static List<String> segment(int number, EncodeCommand encode) {
        Segment segment =
                new SegmentPlan(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(10), 3).segment(number);
        return encode.arguments(
                new ProbedSource(SOURCE, TestSources.FULL_HD),
                TestSources.FULL_HD.video().displaySize(),
                segment,
                segment.start().plusMillis(40),
                Optional.of(Duration.ofMillis(500)));
    }

    /** Seeking to the start would decode the whole video. */
    @Test
    void verifiesEndOfConcatenationInLastSegment() {
        Duration last = Duration.ofSeconds(3600);

        assertThat(SegmentConcatenator.verificationSeekTime(last, Optional.of(Duration.ofSeconds(3650))))
                .isEqualTo(Duration.ofSeconds(3650));
        assertThat(SegmentConcatenator.verificationSeekTime(last, Optional.of(Duration.ofSeconds(12))))
                .isEqualTo(Duration.ofSeconds(3600));
        assertThat(SegmentConcatenator.verificationSeekTime(last, Optional.empty()))
                .isEqualTo(Duration.ofSeconds(3600));
    }

    @Test
    void verifiesFirstAndLastKeyFrame() {
        MediaInfo hd = TestSources.of(TestSources.video(1280, 718), Optional.empty());

        assertThat(line(RenditionProperties.arguments(renditions(hd).get(0), Duration.ofMillis(61_280))))
                .isEqualTo(
                        "-hide_banner -loglevel level+error -threads 1 -skip_loop_filter all -skip_frame nokey"
                                + " -select_streams v -read_intervals %+#1,61.28%+#1 -show_entries"
                                + " stream=level,refs,color_range,color_space,color_primaries,color_transfer"
                                + ":stream_side_data=side_data_type:frame=width,height:frame_side_data=side_data_type"
                                + " -print_format json=compact=1"
                                + " -protocol_whitelist file -format_whitelist mov -codec_whitelist h264,libaom-av1,libdav1d,aac -i file:540p.mp4");
    }

    @Test
    void buildsSinglePassBaseline() {
        assertThat(line(BaselineCommands.singlePass(
                        Path.of("/bin/ffmpeg"), SOURCE, TestSources.FULL_HD, FfmpegFixture.withPreset("medium"), 2)))
                .isEqualTo(
                        "/bin/ffmpeg -nostdin -hide_banner -nostats -loglevel error -y -reinit_filter:0 0 -i /in/-source name.mov "
                                + OUTPUTS);
    }

    @Test
    void buildsPerOutputBaseline() {
        String start = "/bin/ffmpeg -nostdin -hide_banner -nostats -loglevel error -y ";
        String encoder = " -c:v libx264 -preset medium -crf 23 -c:a aac -b:a 128k -movflags +faststart ";

        assertThat(BaselineCommands.perOutput(
                                Path.of("/bin/ffmpeg"), SOURCE, TestSources.FULL_HD, FfmpegFixture.withPreset("medium"))
                        .stream()
                        .map(CommandLineTest::line))
                .containsExactly(
                        start + "-i /in/-source name.mov -vf scale=1280:720" + encoder + "720p.mp4",
                        start + "-i /in/-source name.mov -vf scale=960:540" + encoder + "540p.mp4",
                        start + "-i /in/-source name.mov -vf scale=640:360" + encoder + "360p.mp4",
                        start + "-ss 0 -i /in/-source name.mov -frames:v 1 -vf scale=320:-2 thumbnail-0.jpg",
                        start + "-ss 15 -i /in/-source name.mov -frames:v 1 -vf scale=320:-2 thumbnail-1.jpg",
                        start + "-ss 30 -i /in/-source name.mov -frames:v 1 -vf scale=320:-2 thumbnail-2.jpg",
                        start + "-ss 45 -i /in/-source name.mov -frames:v 1 -vf scale=320:-2 thumbnail-3.jpg",
                        start + "-ss 60 -i /in/-source name.mov -frames:v 1 -vf scale=320:-2 thumbnail-4.jpg");
    }

    private static String filters(VideoStream video) {
        MediaInfo info = TestSources.of(video, Optional.empty());
        return new FilterGraph(
                        video,
                        renditions(info),
                        new FilterGraph.Stills(new Dimensions(320, 180), 15, Optional.empty(), 1),
                        Duration.ZERO,
                        Optional.empty())
                .build();
    }

    private static String filterThreads(MediaInfo info, int threads) {
        List<String> outputs = new EncodeCommand(FfmpegFixture.MEDIA, threads).outputs(info, renditions(info));
        return outputs.get(outputs.indexOf("-filter_complex_threads") + 1);
    }

    private static List<Rendition> renditions(MediaInfo info) {
        return new RenditionLadder(FfmpegFixture.MEDIA).renditions(info.video().displaySize());
    }

    private static String line(List<String> command) {
        return command.stream().collect(Collectors.joining(" "));
    }
}
