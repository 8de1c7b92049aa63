package dev.sluice.persistence.cluster;

import java.util.Set;

/**
 * One process of the clustered event bus.
 *
 * @param nodeId differs for each start of a process
 * @param host address of its event bus for the other members
 * @param addresses event bus addresses with a consumer in this process
 * @param proof shows that the process knows the secret of the cluster
 */
public record ClusterMember(String nodeId, String host, int port, Set<String> addresses, String proof) {
    public ClusterMember {
        addresses = Set.copyOf(addresses);
    }

    /** {@code host:port}, for log messages. */
    public String address() {
        return host + ":" + port;
    }
}
