package dev.sluice.cluster;

import dev.sluice.persistence.cluster.ClusterMemberRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Membership of a process in its cluster, from the start of its services to their end. */
public final class ClusterMembership {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMembership.class);

    private final Vertx vertx;
    private final Future<Optional<String>> deployment;

    private ClusterMembership(Vertx vertx, Future<Optional<String>> deployment) {
        this.vertx = vertx;
        this.deployment = deployment;
    }

    /** Starts to find the other members through this repository; does nothing if this Vert.x is not clustered. */
    public static ClusterMembership start(Vertx vertx, ClusterMemberRepository repository) {
        return new ClusterMembership(
                vertx,
                ClusterView.of(vertx)
                        .map(view -> vertx.deployVerticle(
                                        new MembershipVerticle(view, repository, new MemberProbe(vertx)))
                                .map(Optional::of)
                                .onFailure(
                                        cause -> LOG.atError().setCause(cause).log("cluster not joined")))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    /** Leaves the cluster; never fails. */
    public Future<Void> close() {
        return deployment
                .compose(id -> id.map(vertx::undeploy).orElseGet(Future::succeededFuture))
                .otherwiseEmpty();
    }
}
