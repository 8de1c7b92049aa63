package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prefix command that runs a program in a bubblewrap sandbox: no network, no other processes, no privileges, and of the host's
 * files only system programs and libraries and those of {@link FileAccess}. Pure.
 *
 * @param bwrap the executable of bubblewrap
 * @param system arguments that mount the system's programs and libraries
 * @param programs files or directories of FFmpeg outside the system directories
 * @param filter file with the program of {@link SystemCallFilter}; empty: all system calls are allowed
 * @param maxProcesses processes and threads of a sandbox; empty: not limited, because the kernel does not count them by sandbox
 */
public record Sandbox(
        Path bwrap, List<String> system, List<Path> programs, Optional<Path> filter, Optional<Integer> maxProcesses) {
    private static final List<String> ISOLATION =
            List.of("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv");

    /** {@code /proc} is read-only, because an unprivileged process of root could still change kernel settings there. */
    private static final List<String> PRIVATE = List.of(
            "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--dir", "/tmp");

    /** Last, when all mount points exist: these file systems are in memory, and nothing would bound what is written to them. */
    private static final List<String> READ_ONLY_ROOT = List.of("--remount-ro", "/");

    /** Passes the filter to bubblewrap as an open file. */
    private static final List<String> WITH_FILTER = List.of("/bin/sh", "-c", "exec \"$@\" 9<\"$0\"");

    private static final List<String> FILTER_OPTION = List.of("--seccomp", "9");

    private static final String DEFAULT_WORKING_DIRECTORY = "/tmp";

    public Sandbox {
        system = List.copyOf(system);
        programs = List.copyOf(programs);
    }

    public Sandbox withoutFilter() {
        return new Sandbox(bwrap, system, programs, Optional.empty(), maxProcesses);
    }

    public Sandbox withMaxProcesses(int limit) {
        return new Sandbox(bwrap, system, programs, filter, Optional.of(limit));
    }

    /**
     * Start of a command line; the command to run follows.
     *
     * @param environment the whole environment of the command
     */
    public List<String> commandPrefix(FileAccess fileAccess, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        filter.ifPresent(file -> {
            command.addAll(WITH_FILTER);
            command.add(file.toString());
        });
        command.add(bwrap.toString());
        command.addAll(ISOLATION);
        filter.ifPresent(file -> command.addAll(FILTER_OPTION));
        environment.forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
        command.addAll(system);
        command.addAll(PRIVATE);
        programs.forEach(program -> bind(command, "--ro-bind", program));
        switch (fileAccess.access()) {
            case NONE -> {}
            case READ -> bind(command, "--ro-bind", fileAccess.directory());
            case WRITE -> bind(command, "--bind", fileAccess.directory());
        }
        fileAccess.source().ifPresent(source -> bind(command, "--ro-bind", source));
        command.addAll(READ_ONLY_ROOT);
        command.addAll(List.of("--chdir", workingDirectory(fileAccess)));
        command.add("--");
        return List.copyOf(command);
    }

    /** Working directory of a program in the sandbox; writable only with {@link FileAccess.Access#WRITE}. */
    public static String workingDirectory(FileAccess fileAccess) {
        return fileAccess.access() == FileAccess.Access.NONE
                ? DEFAULT_WORKING_DIRECTORY
                : fileAccess.directory().toString();
    }

    private static void bind(List<String> command, String option, Path path) {
        command.addAll(List.of(option, path.toString(), path.toString()));
    }
}
