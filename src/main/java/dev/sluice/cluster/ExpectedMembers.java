package dev.sluice.cluster;

import dev.sluice.persistence.cluster.ClusterMember;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of configured members that are not seen. Not thread-safe. */
final class ExpectedMembers {
    private static final Logger LOG = LoggerFactory.getLogger(ExpectedMembers.class);
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> entries;
    private final LongSupplier nanoTime;
    private final Set<String> reported = new HashSet<>();
    private long checked;

    /** @param entries {@code host} or {@code host:port}; a name with several addresses is seen if one of them is */
    ExpectedMembers(List<String> entries, LongSupplier nanoTime) {
        this.entries = entries;
        this.nanoTime = nanoTime;
        this.checked = nanoTime.getAsLong();
    }

    /** Whether {@link #check} is due: the first time after the limit, then in its intervals. */
    boolean isDue() {
        return !entries.isEmpty() && nanoTime.getAsLong() - checked >= LIMIT.toNanos();
    }

    /** Compares the entries with the members, this process included; blocks while names are resolved. */
    void check(Collection<ClusterMember> members) {
        checked = nanoTime.getAsLong();
        for (String entry : entries) {
            boolean seen = members.stream().anyMatch(member -> matches(entry, member));
            if (!seen && reported.add(entry)) {
                LOG.atWarn()
                        .addKeyValue("member", entry)
                        .addKeyValue("seconds", LIMIT.toSeconds())
                        .log("configured member not seen");
            } else if (seen && reported.remove(entry)) {
                LOG.atInfo().addKeyValue("member", entry).log("configured member seen");
            }
        }
    }

    private static boolean matches(String entry, ClusterMember member) {
        int colon = entry.indexOf(':');
        String host = colon < 0 ? entry : entry.substring(0, colon);
        return (colon < 0 || Integer.parseInt(entry.substring(colon + 1)) == member.port())
                && (host.equals(member.host())
                        || addresses(host).anyMatch(addresses(member.host()).toList()::contains));
    }

    private static Stream<InetAddress> addresses(String host) {
        try {
            return Stream.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException unknown) {
            return Stream.empty();
        }
    }
}
