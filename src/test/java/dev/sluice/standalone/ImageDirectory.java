package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the Dockerfile builds on its base image, in a directory of this host: its files, its class archive and its entry
 * point. Packages and user are those of this host.
 */
record ImageDirectory(Path path, String dockerfile) {
    private static final Pattern COPY =
            Pattern.compile("(?m)^COPY (?!--from=built)(?:--from=jar )?(.+) (/opt/sluice/)$");

    static ImageDirectory build(Path path) throws Exception {
        String lines = Files.readString(Path.of("Dockerfile"))
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\\\\n", "");
        ImageDirectory image = new ImageDirectory(path, lines);
        Files.createDirectories(path.resolve("opt"));
        Files.createDirectories(path.resolve("var"));
        for (Matcher copy = COPY.matcher(lines); copy.find(); ) {
            for (String source : copy.group(1).split(" ")) {
                Path file = source.equals("/sluice.jar") ? JarProcess.PRODUCTION : Path.of(source);
                Files.copy(file, path.resolve("opt").resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Matcher archive =
                Pattern.compile("(?m)^RUN --mount=.+? (install -d .+)$").matcher(lines);
        assertThat(archive.find()).isTrue();
        Process step = new ProcessBuilder("sh", "-c", image.located(archive.group(1)))
                .redirectErrorStream(true)
                .redirectOutput(path.resolve("build.txt").toFile())
                .start();
        assertThat(step.waitFor(240, TimeUnit.SECONDS)).isTrue();
        assertThat(step.exitValue())
                .as(Files.readString(path.resolve("build.txt")))
                .isZero();
        return image;
    }

    /** Runs the entry point without its init; fails if the class archive cannot be used. */
    JarProcess run(Path config, Object... arguments) throws IOException {
        Matcher entry = Pattern.compile("(?m)^ENTRYPOINT (.+)$").matcher(dockerfile);
        assertThat(entry.find()).isTrue();
        List<String> init = List.of("tini", "--");
        List<String> command = new ArrayList<>(List.of("bwrap", "--unshare-user", "--uid", "10001", "--gid", "10001"));
        command.addAll(List.of("--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc"));
        command.addAll(List.of("--tmpfs", "/tmp", "--cap-drop", "ALL"));
        command.addAll(List.of("--ro-bind", config.toString(), config.toString()));
        command.addAll(List.of("--ro-bind", located("/opt/sluice"), located("/opt/sluice")));
        command.addAll(List.of("--bind", located("/var/lib/sluice"), located("/var/lib/sluice")));
        List<String> program = new JsonArray(located(entry.group(1)))
                .stream().map(String::valueOf).toList();
        assertThat(program).startsWith(init.toArray(String[]::new));
        command.addAll(program.subList(init.size(), program.size()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        return JarProcess.start(
                command,
                Map.of(
                        "JDK_JAVA_OPTIONS",
                        "-Xshare:on",
                        "SLUICE_FFMPEG_SANDBOX",
                        "required",
                        "SLUICE_WORKSPACE_DIRECTORY",
                        located("/var/lib/sluice/work"),
                        "SLUICE_FFMPEG_CACHE_DIRECTORY",
                        located("/var/lib/sluice/ffmpeg")));
    }

    private String located(String text) {
        return text.replace("-o sluice", "")
                .replaceAll("setpriv( --\\S+)+", "")
                .replace("/tmp/sluice-standalone.jar", JarProcess.STANDALONE.toString())
                .replace("/opt/sluice", path.resolve("opt").toString())
                .replace("/var/lib/sluice", path.resolve("var").toString())
                .replace("/tmp/archive", path.resolve("archive").toString());
    }
}
