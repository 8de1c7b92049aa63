package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prefix command that runs a program in a bubblewrap sandbox: no network, no other processes, no privileges, and of the host's
 * files only system programs and libraries and those of {@link FileAccess}. Pure.
 *
 * @param bwrap the executable of bubblewrap
 * @param system arguments that mount the system's programs and libraries
 * @param programs files or directories of FFmpeg outside the system directories
 */
public record Sandbox(Path bwrap, List<String> system, List<Path> programs) {
    private static final List<String> ISOLATION =
            List.of("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv");

    /** {@code /proc} is read-only, because an unprivileged process of root could still change kernel settings there. */
    private static final List<String> PRIVATE =
            List.of("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--tmpfs", "/tmp");

    private static final String DEFAULT_WORKING_DIRECTORY = "/tmp";

    public Sandbox {
        system = List.copyOf(system);
        programs = List.copyOf(programs);
    }

    /**
     * Start of a command line; the command to run follows.
     *
     * @param environment the whole environment of the command
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

    /** Working directory of a program in the sandbox, also for its temporary files. */
    public static String workingDirectory(FileAccess fileAccess) {
        return fileAccess.access() == FileAccess.Access.NONE
                ? DEFAULT_WORKING_DIRECTORY
                : fileAccess.directory().toString();
    }

    private static void bind(List<String> command, String option, Path path) {
        command.addAll(List.of(option, path.toString(), path.toString()));
    }
}
