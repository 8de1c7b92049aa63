package dev.sluice.cluster;

import dev.sluice.persistence.cluster.ClusterMember;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports members that the event bus does not reach: they are in the database, but a firewall or a wrong address separates them.
 * Belongs to one context.
 */
final class MemberProbe {
    private static final Logger LOG = LoggerFactory.getLogger(MemberProbe.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** Until a new member has read that this process is one: it can reply to members that it knows. */
    private static final Duration DELAY = Duration.ofSeconds(3);

    private static final DeliveryOptions OPTIONS = new DeliveryOptions().setSendTimeout(5_000);

    private final Vertx vertx;
    private final Map<String, Probed> probed = new HashMap<>();

    MemberProbe(Vertx vertx) {
        this.vertx = vertx;
    }

    Vertx vertx() {
        return vertx;
    }

    /** The event bus address at which a member replies. */
    static String address(String nodeId) {
        return "sluice.member." + nodeId;
    }

    /** Sends a request to each member whose last probe is older than the interval. */
    void run(Collection<ClusterMember> members) {
        probed.keySet().retainAll(members.stream().map(ClusterMember::nodeId).toList());
        for (ClusterMember member : members) {
            Probed last = probed.computeIfAbsent(member.nodeId(), first -> new Probed());
            if (System.nanoTime() - last.due >= 0) {
                last.due = System.nanoTime() + INTERVAL.toNanos();
                send(address(member.nodeId()))
                        .onSuccess(reply -> onReached(member, last))
                        .onFailure(cause -> onFailure(member, last, cause));
            }
        }
    }

    /** A request alone would not fail with the reason why its member cannot be connected, but time out. */
    private Future<?> send(String address) {
        return vertx.eventBus()
                .sender(address, OPTIONS)
                .write(null)
                .compose(connected -> vertx.eventBus().request(address, null, OPTIONS));
    }

    private static void onReached(ClusterMember member, Probed last) {
        if (last.reported) {
            LOG.atInfo().addKeyValue("member", member.address()).log("member reachable again");
        }
        last.reported = false;
    }

    private void onFailure(ClusterMember member, Probed last, Throwable cause) {
        // A member that leaves is not unreachable.
        if (!last.reported && probed.get(member.nodeId()) == last) {
            LOG.atWarn()
                    .addKeyValue("member", member.address())
                    .addKeyValue("error", reason(cause))
                    .log("member not reachable over the event bus");
            last.reported = true;
        }
    }

    private static String reason(Throwable failure) {
        if (failure instanceof ReplyException timeout && timeout.failureType() == ReplyFailure.TIMEOUT) {
            return "no reply, which needs a connection from the member to this process";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Objects.toString(root.getMessage(), root.getClass().getSimpleName());
    }

    private static final class Probed {
        private long due = System.nanoTime() + DELAY.toNanos();
        private boolean reported;
    }
}
