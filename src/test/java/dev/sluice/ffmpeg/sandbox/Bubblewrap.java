package dev.sluice.ffmpeg.sandbox;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Detects whether bubblewrap works on this host, independently of the production code. */
public final class Bubblewrap {
    private Bubblewrap() {}

    public static boolean works() {
        try {
            Process probe = new ProcessBuilder(
                            "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
