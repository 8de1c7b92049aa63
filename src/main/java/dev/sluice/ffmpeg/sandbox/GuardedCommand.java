package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.List;

/** The command that starts a program under limits and a guard. Pure. */
public final class GuardedCommand {
    /**
     * Runs its arguments and kills them when its standard input ends. We hold the other end, so it ends when we close it and
     * when the kernel does because this JVM is gone, however it went. A limit that can't be set is one that is lower already.
     */
    private static final String GUARD = """
            memory=$1 file=$2
            shift 2
            exec 3<&0
            (
                ulimit -c 0
                ulimit -f "$file"
                ulimit -v "$memory"
                exec 2>&4 4>&-
                exec "$@"
            ) </dev/null 3<&- 4>&2 2>/dev/null &
            child=$!
            { read -r nothing <&3; kill -9 $child; } >/dev/null 2>&1 &
            guard=$!
            wait $child
            code=$?
            kill $guard 2>/dev/null
            exit $code
            """;

    private static final long KIBIBYTE = 1024;
    /** The unit of {@code ulimit -f} in a POSIX shell. */
    private static final long BLOCK = 512;

    private GuardedCommand() {}

    /** Arguments follow. */
    public static List<String> of(Path executable, ProcessLimits limits) {
        return List.of(
                "/bin/sh",
                "-c",
                GUARD,
                "sh",
                Long.toString(limits.memoryBytes() / KIBIBYTE),
                Long.toString(limits.fileBytes() / BLOCK),
                executable.toString());
    }
}
