package dev.sluice.ffmpeg.process;

import dev.sluice.ffmpeg.sandbox.BatchScheduling;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.GuardedCommand;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.ffmpeg.sandbox.Sandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ws.schild.jave.process.ProcessLocator;

/**
 * How a program is started: executable, accessible files, limits, sandbox and scheduling. Also jave2's locator of it.
 *
 * @param sandbox empty: none
 * @param scheduling empty: that of this process
 */
public record FfmpegLaunchSpec(
        Path executable,
        FileAccess fileAccess,
        ProcessLimits limits,
        Optional<Sandbox> sandbox,
        Optional<BatchScheduling> scheduling)
        implements ProcessLocator {
    /** With the scheduling of this process. */
    public FfmpegLaunchSpec(Path executable, FileAccess fileAccess, ProcessLimits limits, Optional<Sandbox> sandbox) {
        this(executable, fileAccess, limits, sandbox, Optional.empty());
    }

    @Override
    public String getExecutablePath() {
        return executable.toString();
    }

    @Override
    public FfmpegProcess createExecutor() {
        return new FfmpegProcess(this);
    }

    /** The command line without the arguments of the program, which follow. */
    public List<String> command() {
        List<String> command = new ArrayList<>();
        scheduling.ifPresent(batch -> command.addAll(batch.commandPrefix()));
        sandbox.ifPresent(active -> command.addAll(active.commandPrefix(fileAccess, environment())));
        command.addAll(GuardedCommand.of(executable, limits, sandbox.flatMap(Sandbox::maxProcesses)));
        return List.copyOf(command);
    }

    /** The whole environment of the program. */
    Map<String, String> environment() {
        String home = sandbox.map(active -> Sandbox.workingDirectory(fileAccess))
                .orElse(fileAccess.directory().toString());
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", home);
        environment.put("TMPDIR", home);
        environment.put("LC_ALL", "C");
        environment.put("AV_LOG_FORCE_NOCOLOR", "1");
        // SVT-AV1 writes its settings to stderr, whatever the log level of FFmpeg is; 1: errors only.
        environment.put("SVT_LOG", "1");
        return environment;
    }
}
