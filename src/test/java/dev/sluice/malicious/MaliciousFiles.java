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

/** Everything that we could think of that somebody could upload to harm us, made here, and how each job of it has to end. */
public final class MaliciousFiles {
    /** Ordinary videos under names that something might run, expand, decode or take for an option. */
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
     * Files to be made.
     *
     * @param directory for what is made on the way
     * @param secret a video that belongs to somebody else; has to be there
     * @param port on loopback, where somebody listens
     */
    public MaliciousFiles(Path ffmpeg, Path directory, Path secret, int port) {
        this.ffmpeg = ffmpeg;
        this.directory = directory;
        this.secret = secret;
        this.port = port;
    }

    public List<MaliciousFile> all() throws IOException, InterruptedException {
        byte[] clip = made("clip.mp4", "testsrc2=size=320x240:rate=25:duration=0.4", "-pix_fmt", "yuv420p");
        byte[] still = made("still.mp4", "color=black:size=640x480:rate=25", "-frames:v", "1");
        List<MaliciousFile> files = new ArrayList<>(new MaliciousPlaylists(secret, port).all());
        files.addAll(new MalformedMp4Files(clip, still, secret, port).all());
        files.addAll(pictures());
        files.addAll(headers());
        NAMES.forEach(name -> files.add(new MaliciousFile(name, clip, COMPLETED)));
        return List.copyOf(files);
    }

    private List<MaliciousFile> pictures() throws IOException, InterruptedException {
        byte[] jpeg = Avi.picture("jpg", 320, 240);
        byte[] png = Avi.picture("png", 320, 240);
        byte[] largest = made("largest.mp4", "color=black:size=8192x4320:rate=5", "-frames:v", "2");
        byte[] larger = made("larger.mp4", "color=black:size=8192x4336:rate=5", "-frames:v", "1");
        return List.of(
                new MaliciousFile("largest.mp4", largest, COMPLETED),
                new MaliciousFile("larger.mp4", larger, "too_many_pixels"),
                new MaliciousFile(
                        "jpeg-claim.avi", film("MJPG", 60_000, Avi.jpegOfSize(jpeg, 60_000, 60_000)), "no_frames"),
                new MaliciousFile(
                        "png-claim.avi", film("MPNG", 60_000, Avi.pngOfSize(png, 60_000, 60_000)), "no_frames"),
                new MaliciousFile("png-claim.mp4", Avi.pngOfSize(png, 60_000, 60_000), "still_image"),
                new MaliciousFile("subtitle-playlist.avi", withSubtitle(jpeg), COMPLETED));
    }

    private static byte[] film(String codec, int side, byte[] picture) {
        byte[][] streams = {Avi.videoStream(codec, side, side, 25)};
        return Avi.file(side, side, 25, streams, Avi.packets(picture, 25));
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

    private byte[] made(String name, String picture, String... more) throws IOException, InterruptedException {
        Path file = directory.resolve("made-" + name);
        make(ffmpeg, file, picture, more);
        return Files.readAllBytes(file);
    }

    /** Makes a video of {@code picture}, a source of FFmpeg's lavfi. */
    public static void make(Path ffmpeg, Path file, String picture, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-loglevel", "error"));
        command.addAll(List.of("-f", "lavfi", "-i", picture));
        command.addAll(List.of(more));
        command.addAll(List.of("-c:v", "libx264", "-preset", "ultrafast", file.toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("could not make " + file);
        }
    }
}
