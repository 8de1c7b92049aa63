package dev.sluice.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Hosts of a network of their own: network namespaces of Linux on a bridge, whose address is the gateway. */
final class NetworkNamespaces implements AutoCloseable {
    private static final int FIRST_ADDRESS = 11;

    private final String id = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    private final String network = "10.213." + ThreadLocalRandom.current().nextInt(256) + ".";
    private final int hosts;

    private NetworkNamespaces(int hosts) {
        this.hosts = hosts;
    }

    static boolean areAvailable() {
        String probe = "sluice-probe-" + ProcessHandle.current().pid();
        try {
            ip("netns", "add", probe);
            ip("netns", "del", probe);
            return true;
        } catch (IllegalStateException | IOException refused) {
            return false;
        }
    }

    static NetworkNamespaces create(int hosts) throws IOException {
        NetworkNamespaces created = new NetworkNamespaces(hosts);
        ip("link", "add", created.bridge(), "type", "bridge");
        ip("addr", "add", created.gateway() + "/24", "dev", created.bridge());
        ip("link", "set", created.bridge(), "up");
        for (int host = 0; host < hosts; host++) {
            String name = created.name(host);
            ip("netns", "add", name);
            ip("link", "add", created.link(host), "type", "veth", "peer", "name", "eth0", "netns", name);
            ip("link", "set", created.link(host), "master", created.bridge(), "up");
            ip("-n", name, "addr", "add", created.address(host) + "/24", "dev", "eth0");
            ip("-n", name, "link", "set", "eth0", "up");
            ip("-n", name, "link", "set", "lo", "up");
        }
        return created;
    }

    String gateway() {
        return network + 1;
    }

    String address(int host) {
        return network + (FIRST_ADDRESS + host);
    }

    /** The beginning of a command that runs on a host. */
    List<String> enter(int host) {
        return List.of("ip", "netns", "exec", name(host));
    }

    void disconnect(int host) throws IOException {
        ip("link", "set", link(host), "down");
    }

    void connect(int host) throws IOException {
        ip("link", "set", link(host), "up");
    }

    @Override
    public void close() throws IOException {
        for (int host = 0; host < hosts; host++) {
            ip("netns", "del", name(host));
        }
        ip("link", "del", bridge());
    }

    private String bridge() {
        return "slb" + id;
    }

    private String link(int host) {
        return "slv" + id + host;
    }

    private String name(int host) {
        return "sluice-" + id + "-" + host;
    }

    private static void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
