package dev.sluice.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** The name of this process on the wire, in the tables and in logs: host, process id, and a part that no restart repeats. */
public record WorkerId(String name) {
    public static WorkerId generate() {
        String once = UUID.randomUUID().toString().substring(0, 4);
        return new WorkerId(host() + ":" + ProcessHandle.current().pid() + ":" + once);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }
}
