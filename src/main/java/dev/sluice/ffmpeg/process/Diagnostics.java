package dev.sluice.ffmpeg.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The command and the last error output of a failed FFmpeg run, for debugging: at most 4 KiB, without paths. Pure. */
final class Diagnostics {
    private static final int MAX_BYTES = 4 << 10;
    private static final int MAX_COMMAND_CHARS = 2000;

    /** An absolute path up to its last segment; not a fraction such as 1/25. */
    private static final Pattern DIRECTORIES = Pattern.compile("(?<![\\w.)/])/(?:[^\\s/'\":|,;=\\[\\]]+/)*");

    private static final Pattern ADDRESS = Pattern.compile(" @ 0x[0-9a-f]+");

    private Diagnostics() {}

    static String of(List<String> command, StderrLog stderr) {
        String invocation = withoutPaths(String.join(" ", command));
        if (invocation.length() > MAX_COMMAND_CHARS) {
            invocation = invocation.substring(0, MAX_COMMAND_CHARS) + "…";
        }
        int remaining = MAX_BYTES - bytes(invocation) - 1;
        Deque<String> last = new ArrayDeque<>();
        List<String> lines = stderr.lines();
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = withoutPaths(lines.get(i));
            remaining -= bytes(line) + 1;
            if (remaining < 0) {
                break;
            }
            last.addFirst(line);
        }
        last.addFirst(invocation);
        return String.join("\n", last);
    }

    /** Reduces absolute paths to their last segment, and removes the addresses of FFmpeg's log lines. */
    static String withoutPaths(String text) {
        return ADDRESS.matcher(DIRECTORIES.matcher(text).replaceAll("")).replaceAll("");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
