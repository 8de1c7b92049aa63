package dev.sluice.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the address of the HTTP API; they take precedence over environment variables and the configuration file. */
public final class ListenOptions {
    @Option(names = "--host", paramLabel = "ADDRESS", description = "address of the HTTP API (backend.host)")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "port of the HTTP API (backend.port)")
    private @Nullable String port;

    /** The environment with these options as its variables. */
    public Map<String, String> in(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        if (host != null) {
            all.put("SLUICE_BACKEND_HOST", host);
        }
        if (port != null) {
            all.put("SLUICE_BACKEND_PORT", port);
        }
        return all;
    }
}
