package dev.sluice.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** The name of this process in messages, tables and logs: host, process ID and a random part that is new at each start. */
public record WorkerId(String name) {
    public static WorkerId generate() {
        String random = UUID.randomUUID().toString().substring(0, 4);
        return new WorkerId(host() + ":" + ProcessHandle.current().pid() + ":" + random);
    }

    /** The name of this host. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "localhost";
        }
    }
}
