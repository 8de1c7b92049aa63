package dev.sluice.cluster;

import dev.sluice.common.async.PeriodicTask;
import dev.sluice.persistence.cluster.ClusterMember;
import dev.sluice.persistence.cluster.ClusterMemberRepository;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes the row of this process and reads those of the other members. While the database is unavailable, the members remain
 * as they were.
 */
final class MembershipVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipVerticle.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /** A process that was killed is a member for this time. */
    private static final Duration EXPIRY = Duration.ofSeconds(5);

    /** A shutdown must not wait for a database that is unavailable. */
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(2);

    private final ClusterView view;
    private final ClusterMemberRepository repository;
    private final MemberProbe probe;
    private final PeriodicTask refresh;
    private final Set<String> refused = new HashSet<>();
    private Map<String, ClusterMember> members = Map.of();
    private boolean available = true;
    private Future<Void> expectedCheck = Future.succeededFuture();

    MembershipVerticle(ClusterView view, ClusterMemberRepository repository, MemberProbe probe) {
        this.view = view;
        this.repository = repository;
        this.probe = probe;
        this.refresh = new PeriodicTask(probe.vertx(), INTERVAL, this::refresh);
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus()
                .consumer(MemberProbe.address(view.getNodeId()), (Message<Object> message) -> message.reply(null))
                .completion()
                .onSuccess(registered -> refresh.start());
    }

    /** Deletes the row of this process, so that the others need not wait until it expires. */
    @Override
    public Future<?> stop() {
        return refresh.stop()
                .compose(stopped ->
                        repository.delete(view.getNodeId()).timeout(LEAVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .otherwiseEmpty();
    }

    /** Never fails. */
    private Future<Void> refresh() {
        return repository
                .refresh(view.self(), EXPIRY)
                .onSuccess(this::apply)
                .onFailure(this::logUnavailable)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void apply(List<ClusterMember> rows) {
        available = true;
        Map<String, ClusterMember> now = rows.stream()
                .filter(this::isAuthentic)
                .collect(Collectors.toMap(ClusterMember::nodeId, Function.identity()));
        refused.retainAll(rows.stream().map(ClusterMember::nodeId).toList());
        Map<String, ClusterMember> before = members;
        members = now;
        view.replaceOthers(List.copyOf(now.values()));
        now.values().stream()
                .filter(member -> !before.containsKey(member.nodeId()))
                .forEach(member -> log("host joined the cluster", member));
        before.values().stream()
                .filter(member -> !now.containsKey(member.nodeId()))
                .forEach(member -> log("host left the cluster", member));
        probe.run(now.values());
        checkExpected();
    }

    private boolean isAuthentic(ClusterMember row) {
        boolean authentic = view.key().isProof(row.proof(), row.nodeId(), row.host(), row.port());
        if (!authentic && refused.add(row.nodeId())) {
            LOG.atWarn().addKeyValue("member", row.address()).log("member refused: it has another cluster.secret");
        }
        return authentic;
    }

    /** The next refresh does not wait for it: name resolution may take longer than the row of this process is valid. */
    private void checkExpected() {
        if (expectedCheck.isComplete() && view.expected().isDue()) {
            List<ClusterMember> all = new ArrayList<>(members.values());
            all.add(view.self());
            expectedCheck = vertx.executeBlocking(() -> {
                        view.expected().check(all);
                        return null;
                    })
                    .onFailure(cause -> LOG.atError().setCause(cause).log("configured members not checked"))
                    .mapEmpty();
        }
    }

    private void logUnavailable(Throwable cause) {
        if (available) {
            LOG.atWarn()
                    .addKeyValue("error", Objects.toString(cause.getMessage()))
                    .log("cluster members cannot be read; those already known remain");
        }
        available = false;
    }

    private void log(String event, ClusterMember member) {
        LOG.atInfo()
                .addKeyValue("member", member.address())
                .addKeyValue(
                        "members",
                        members.values().stream().map(ClusterMember::address).toList())
                .log(event);
    }
}
