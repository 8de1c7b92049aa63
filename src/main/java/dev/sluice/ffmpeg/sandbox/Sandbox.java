package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command that puts another one into a cage of bubblewrap's: no network, no other process, no privileges, and of the
 * host's files only the system's programs and libraries and what the run is meant to reach. Pure.
 *
 * @param bwrap bubblewrap's program
 * @param system the arguments that show the system's programs and libraries
 * @param programs what FFmpeg consists of, files or directories, where that is not in the system's directories
 */
public record Sandbox(Path bwrap, List<String> system, List<Path> programs) {
    private static final List<String> ISOLATION =
            List.of("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv");

    /** Without privileges, but as root, a process could still write to the kernel's settings; nobody needs to write there. */
    private static final List<String> PRIVATE =
            List.of("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--tmpfs", "/tmp");

    private static final String DEFAULT_WORKING_DIRECTORY = "/tmp";

    public Sandbox {
        system = List.copyOf(system);
        programs = List.copyOf(programs);
    }

    /**
     * The start of a command line; the command to be run follows.
     *
     * @param environment all that the command gets to see of one
     */
    public List<String> commandPrefix(FileAccess fileAccess, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of(bwrap.toString()));
        command.addAll(ISOLATION);
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
        command.addAll(List.of("--chdir", workingDirectory(fileAccess)));
        command.add("--");
        return List.copyOf(command);
    }

    /** Where a program in the cage works and may put what it can't keep in memory. */
    public static String workingDirectory(FileAccess fileAccess) {
        return fileAccess.access() == FileAccess.Access.NONE
                ? DEFAULT_WORKING_DIRECTORY
                : fileAccess.directory().toString();
    }

    private static void bind(List<String> command, String how, Path what) {
        command.addAll(List.of(how, what.toString(), what.toString()));
    }
}
