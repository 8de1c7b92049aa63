package dev.sluice.media;

import java.nio.file.Path;
import ws.schild.jave.process.ProcessLocator;

/** jave2's idea of where a program is; ours also knows the only directory that the program may work in. */
record FfmpegProgram(Path executable, Path directory) implements ProcessLocator {
    @Override
    public String getExecutablePath() {
        return executable.toString();
    }

    @Override
    public FfmpegProcess createExecutor() {
        return new FfmpegProcess(executable, directory);
    }
}
