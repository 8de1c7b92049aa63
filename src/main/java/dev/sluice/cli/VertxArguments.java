package dev.sluice.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * The options of the Vert.x launcher. Those of the cluster stand for configuration keys; those that cannot work are rejected with
 * the setting to use instead.
 */
public final class VertxArguments {
    @Option(
            names = {"-options", "--options", "-vertx-options", "--vertx-options"},
            paramLabel = "JSON",
            description = "Vert.x options, as JSON or a file with JSON")
    private @Nullable String options;

    @Option(
            names = {"-cluster", "--cluster"},
            description = "join the clustered event bus (cluster.enabled)")
    private boolean cluster;

    @Option(
            names = {"-cluster-host", "--cluster-host"},
            paramLabel = "ADDRESS",
            description = "address of the event bus (cluster.host)")
    private @Nullable String host;

    @Option(
            names = {"-cluster-port", "--cluster-port"},
            paramLabel = "PORT",
            description = "port of the event bus (cluster.port)")
    private @Nullable String port;

    @Option(
            names = {"-cluster-public-host", "--cluster-public-host"},
            paramLabel = "ADDRESS",
            description = "address of the event bus for the other members (cluster.publicHost)")
    private @Nullable String publicHost;

    @Option(
            names = {"-cluster-public-port", "--cluster-public-port"},
            paramLabel = "PORT",
            description = "port of the event bus for the other members (cluster.publicPort)")
    private @Nullable String publicPort;

    @Option(
            names = {"-instances", "--instances"},
            hidden = true,
            arity = "0..1")
    private @Nullable String instances;

    @Option(
            names = {"-deployment-options", "--deployment-options"},
            hidden = true,
            arity = "0..1")
    private @Nullable String deploymentOptions;

    @Option(
            names = {"-w", "-worker", "--worker", "-vt", "-virtual-thread", "--virtual-thread"},
            hidden = true)
    private boolean threadingModel;

    @Parameters(hidden = true, arity = "0..*")
    private List<String> verticles = new ArrayList<>();

    /** The environment with the options of the cluster as its variables. */
    Map<String, String> in(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        if (cluster) {
            all.put("SLUICE_CLUSTER_ENABLED", "true");
        }
        clusterKeys().forEach((variable, value) -> {
            if (value != null) {
                all.put(variable, value);
            }
        });
        return all;
    }

    private Map<String, @Nullable String> clusterKeys() {
        Map<String, @Nullable String> keys = new HashMap<>();
        keys.put("SLUICE_CLUSTER_HOST", host);
        keys.put("SLUICE_CLUSTER_PORT", port);
        keys.put("SLUICE_CLUSTER_PUBLIC_HOST", publicHost);
        keys.put("SLUICE_CLUSTER_PUBLIC_PORT", publicPort);
        return keys;
    }

    /**
     * Rejects options without effect.
     *
     * @throws ParameterException with the setting to use instead
     */
    void requireUsable(CommandLine line, boolean clustered) {
        if (!verticles.isEmpty()) {
            throw new ParameterException(
                    line,
                    "'" + verticles.get(0)
                            + "' is not an option: run has its own verticles and takes no verticle name");
        }
        if (instances != null) {
            throw new ParameterException(
                    line, "-instances has no effect: set stages.<stage>.instances in the configuration");
        }
        if (deploymentOptions != null || threadingModel) {
            throw new ParameterException(
                    line,
                    "-deployment-options, -worker and -virtual-thread have no effect: each verticle of the pipeline"
                            + " has its own options");
        }
        if (!clustered && clusterKeys().values().stream().anyMatch(value -> value != null)) {
            throw new ParameterException(
                    line,
                    "the options of the cluster have no effect without a cluster: add -cluster or set cluster.enabled");
        }
    }

    /** The arguments for the launcher of Vert.x. */
    String[] forLauncher(boolean clustered) {
        List<String> arguments = new ArrayList<>();
        if (options != null) {
            arguments.addAll(List.of("-options", options));
        }
        if (clustered) {
            arguments.add("-cluster");
        }
        return arguments.toArray(String[]::new);
    }
}
