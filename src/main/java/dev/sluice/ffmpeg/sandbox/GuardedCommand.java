package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Command line that starts a program with limits and a guard process. Pure. */
public final class GuardedCommand {
    /** The line of standard error after which the guard writes what the program used. */
    public static final String REPORT = "sluice: used by the guard and its children";

    /**
     * Runs its arguments as a command and kills it when standard input ends. This JVM holds the other end of the pipe: it ends
     * when the JVM closes it, and when the kernel closes it because the JVM has ended, for whatever reason. A limit that cannot be
     * set is already lower. Files that the program creates are private. The limit of processes is {@code -p} in dash and BusyBox and
     * {@code -u} in bash.
     *
     * <p>After the end of the program, standard error has {@link #REPORT} and the resources that the kernel accounted for the
     * guard and its children: the output of {@code times}, and the bytes of all reads and writes.
     */
    private static final String GUARD = """
            memory=$1 file=$2 processes=$3
            shift 3
            exec 3<&0
            (
                umask 077
                ulimit -c 0
                ulimit -f "$file"
                ulimit -v "$memory"
                ulimit -p "$processes" || ulimit -u "$processes"
                exec 2>&4 4>&-
                exec "$@"
            ) </dev/null 3<&- 4>&2 2>/dev/null &
            child=$!
            { read -r nothing <&3; kill -9 $child; } >/dev/null 2>&1 &
            guard=$!
            wait $child
            code=$?
            kill $guard 2>/dev/null
            {
                echo
                echo '%s'
                times
                while read -r name bytes; do
                    case $name in rchar: | wchar:) echo "$name $bytes" ;; esac
                done </proc/self/io
            } >&2 2>/dev/null
            exit $code
            """.formatted(REPORT);

    private static final long KIBIBYTE = 1024;
    /** The unit of {@code ulimit -f} in a POSIX shell. */
    private static final long BLOCK = 512;

    private GuardedCommand() {}

    /**
     * The command line; the arguments of the program follow.
     *
     * @param maxProcesses processes and threads, where the kernel counts them by sandbox; empty: not limited here
     */
    public static List<String> of(Path executable, ProcessLimits limits, Optional<Integer> maxProcesses) {
        return List.of(
                "/bin/sh",
                "-c",
                GUARD,
                "sh",
                Long.toString(limits.memoryBytes() / KIBIBYTE),
                Long.toString(limits.fileBytes() / BLOCK),
                maxProcesses.map(String::valueOf).orElse("unlimited"),
                executable.toString());
    }
}
