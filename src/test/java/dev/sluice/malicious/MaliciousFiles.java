package dev.sluice.malicious;

import static dev.sluice.malicious.Binary.ascii;
import static dev.sluice.malicious.MaliciousFile.COMPLETED;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Generates malicious uploads, each with the expected result of its job. */
public final class MaliciousFiles {
    /** Names of ordinary videos that a program might execute, expand, decode or parse as an option. */
    private static final List<String> NAMES = List.of(
            "$(touch owned).mp4",
            "`touch owned`.mp4",
            "; touch owned; .mp4",
            "| touch owned |.mp4",
            "-i",
            "--help",
            "-y -f lavfi.mp4",
            "..%2f..%2fowned.mp4",
            "%03d.mp4",
            "frame-%d-*-?.mp4",
            "concat:secret.ts|secret.ts",
            "'single' \"double\".mp4",
            "[0:v]split=2[a];.mp4",
            "\u202e4pm.exe");

    private final Path ffmpeg;
    private final Path directory;
    private final Path secret;
    private final int port;

    /**
     * Generates files.
     *
     * @param directory for temporary files
     * @param secret an existing video of another user
     * @param port of a listener on the loopback interface
     */
    public MaliciousFiles(Path ffmpeg, Path directory, Path secret, int port) {
        this.ffmpeg = ffmpeg;
        this.directory = directory;
        this.secret = secret;
        this.port = port;
    }

    public List<MaliciousFile> all() throws IOException, InterruptedException {
        byte[] clip = encoded("clip.mp4", "testsrc2=size=320x240:rate=25:duration=0.4", "-pix_fmt", "yuv420p");
        byte[] still = encoded("still.mp4", "color=black:size=640x480:rate=25", "-frames:v", "1");
        List<MaliciousFile> files = new ArrayList<>(new MaliciousPlaylists(secret, port).all());
        files.addAll(new MalformedMp4Files(clip, still, secret, port).all());
        files.addAll(images());
        files.addAll(headers());
        NAMES.forEach(name -> files.add(new MaliciousFile(name, clip, COMPLETED)));
        return List.copyOf(files);
    }

    private List<MaliciousFile> images() throws IOException, InterruptedException {
        byte[] jpeg = Avi.image("jpg", 320, 240);
        byte[] png = Avi.image("png", 320, 240);
        byte[] largest = encoded("largest.mp4", "color=black:size=8192x4320:rate=5", "-frames:v", "2");
        byte[] larger = encoded("larger.mp4", "color=black:size=8192x4336:rate=5", "-frames:v", "1");
        return List.of(
                new MaliciousFile("largest.mp4", largest, COMPLETED),
                new MaliciousFile("larger.mp4", larger, "too_many_pixels"),
                new MaliciousFile(
                        "jpeg-claim.avi", video("MJPG", 60_000, Avi.jpegOfSize(jpeg, 60_000, 60_000)), "no_frames"),
                new MaliciousFile(
                        "png-claim.avi", video("MPNG", 60_000, Avi.pngOfSize(png, 60_000, 60_000)), "no_frames"),
                new MaliciousFile("png-claim.mp4", Avi.pngOfSize(png, 60_000, 60_000), "still_image"),
                new MaliciousFile("subtitle-playlist.avi", withSubtitle(jpeg), COMPLETED));
    }

    private static byte[] video(String codec, int side, byte[] image) {
        byte[][] streams = {Avi.videoStream(codec, side, side, 25)};
        return Avi.file(side, side, 25, streams, Avi.packets(image, 25));
    }

    private byte[] withSubtitle(byte[] jpeg) {
        byte[] playlist = ascii(MaliciousPlaylists.hls("http://127.0.0.1:" + port + "/subtitle.ts"));
        byte[][] streams = {Avi.videoStream("MJPG", 320, 240, 25), Avi.textStream()};
        byte[] subtitle = Avi.chunk("01tx", Avi.embeddedSubtitle("a.srt", playlist));
        return Avi.file(320, 240, 25, streams, subtitle, Avi.packets(jpeg, 25));
    }

    private static List<MaliciousFile> headers() throws IOException {
        byte[][] streams = Stream.generate(() -> Avi.videoStream("MJPG", 320, 240, 1))
                .limit(5000)
                .toArray(byte[][]::new);
        return List.of(
                new MaliciousFile("streams.mkv", Matroska.file(Matroska.tracks(5000)), "too_many_streams"),
                new MaliciousFile("streams.avi", Avi.file(320, 240, 1, streams, new byte[0]), "too_many_streams"),
                new MaliciousFile(
                        "nested.mkv", Matroska.file(Matroska.tracks(1), Matroska.nestedTags(3000)), "unreadable"),
                new MaliciousFile("archive.mp4", archive(), "not_a_video"));
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            zip.putNextEntry(new ZipEntry("video.mp4"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                zip.write(zeros);
            }
        }
        return out.toByteArray();
    }

    private byte[] encoded(String name, String filter, String... more) throws IOException, InterruptedException {
        Path file = directory.resolve("encoded-" + name);
        make(ffmpeg, file, filter, more);
        return Files.readAllBytes(file);
    }

    /** Encodes a video from {@code filter}, a source of FFmpeg's lavfi. */
    public static void make(Path ffmpeg, Path file, String filter, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-loglevel", "error"));
        command.addAll(List.of("-f", "lavfi", "-i", filter));
        command.addAll(List.of(more));
        command.addAll(List.of("-c:v", "libx264", "-preset", "ultrafast", file.toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("cannot encode " + file);
        }
    }
}
