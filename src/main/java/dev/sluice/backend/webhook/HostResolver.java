package dev.sluice.backend.webhook;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Resolves host names. */
interface HostResolver {
    /** Returns at least one address. */
    Future<List<InetAddress>> resolve(String name);
}
