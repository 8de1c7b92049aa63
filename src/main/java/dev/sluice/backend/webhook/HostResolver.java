package dev.sluice.backend.webhook;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a host's name, at least one. */
interface HostResolver {
    /** Asks now. */
    Future<List<InetAddress>> resolve(String name);
}
