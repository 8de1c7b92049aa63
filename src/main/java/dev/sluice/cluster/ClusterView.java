package dev.sluice.cluster;

import dev.sluice.persistence.cluster.ClusterMember;
import io.vertx.core.Completable;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members of the cluster and their consumers, as this process knows them: it alone until {@link MembershipVerticle} has read
 * the others. Joining needs no service, so that a process starts while the database is unavailable. There are no clustered maps,
 * locks and counters: the database has all shared data. Thread-safe.
 */
final class ClusterView implements ClusterManager {
    private static final String NO_SHARED_DATA = "shared data is stored in the database";

    private final String nodeId = UUID.randomUUID().toString();
    private final ClusterKey key;
    private final ExpectedMembers expected;
    private final Map<String, Set<RegistrationInfo>> own = new HashMap<>();
    private Map<String, ClusterMember> others = Map.of();
    private @Nullable NodeInfo nodeInfo;
    private @Nullable RegistrationListener registrations;
    private @Nullable NodeListener nodes;
    private boolean active;

    ClusterView(ClusterKey key, ExpectedMembers expected) {
        this.key = key;
        this.expected = expected;
    }

    /** The view of a clustered Vert.x; empty if it is not clustered. */
    static Optional<ClusterView> of(Vertx vertx) {
        return ((VertxInternal) vertx).clusterManager() instanceof ClusterView view
                ? Optional.of(view)
                : Optional.empty();
    }

    ClusterKey key() {
        return key;
    }

    ExpectedMembers expected() {
        return expected;
    }

    /** This process as a member, once its event bus listens. */
    synchronized ClusterMember self() {
        NodeInfo info = requireStarted();
        Set<String> addresses = own.entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(registration -> !registration.localOnly()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return new ClusterMember(
                nodeId, info.host(), info.port(), addresses, key.proof(nodeId, info.host(), info.port()));
    }

    /** Replaces the other members, and notifies Vert.x of what has changed. */
    synchronized void replaceOthers(List<ClusterMember> members) {
        Map<String, ClusterMember> before = others;
        others = members.stream().collect(Collectors.toUnmodifiableMap(ClusterMember::nodeId, member -> member));
        Set<String> changed = new HashSet<>();
        for (String member : union(before.keySet(), others.keySet())) {
            Set<String> then = addresses(before.get(member));
            Set<String> now = addresses(others.get(member));
            union(then, now).stream()
                    .filter(address -> then.contains(address) != now.contains(address))
                    .forEach(changed::add);
        }
        changed.forEach(this::notifyOf);
        if (nodes != null) {
            others.keySet().stream()
                    .filter(member -> !before.containsKey(member))
                    .forEach(nodes::nodeAdded);
            before.keySet().stream()
                    .filter(member -> !others.containsKey(member))
                    .forEach(nodes::nodeLeft);
        }
    }

    private static Set<String> addresses(@Nullable ClusterMember member) {
        return member == null ? Set.of() : member.addresses();
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    private void notifyOf(String address) {
        if (registrations != null && registrations.wantsUpdatesFor(address)) {
            registrations.registrationsUpdated(new RegistrationUpdateEvent(address, registrationsOf(address)));
        }
    }

    private List<RegistrationInfo> registrationsOf(String address) {
        List<RegistrationInfo> all = new ArrayList<>(own.getOrDefault(address, Set.of()));
        for (ClusterMember member : others.values()) {
            if (member.addresses().contains(address)) {
                all.add(new RegistrationInfo(member.nodeId(), 0, false));
            }
        }
        return all;
    }

    private NodeInfo requireStarted() {
        if (nodeInfo == null) {
            throw new IllegalStateException("the event bus has not started");
        }
        return nodeInfo;
    }

    @Override
    public void init(Vertx vertx) {
        // Nothing depends on it.
    }

    @Override
    public synchronized void join(Completable<Void> promise) {
        active = true;
        promise.succeed();
    }

    /** The row of this process is deleted with the {@link MembershipVerticle}. */
    @Override
    public synchronized void leave(Completable<Void> promise) {
        active = false;
        promise.succeed();
    }

    @Override
    public synchronized boolean isActive() {
        return active;
    }

    @Override
    public String getNodeId() {
        return nodeId;
    }

    @Override
    public synchronized List<String> getNodes() {
        List<String> all = new ArrayList<>(others.keySet());
        all.add(nodeId);
        return all;
    }

    @Override
    public synchronized void nodeListener(NodeListener listener) {
        nodes = listener;
    }

    @Override
    public synchronized void registrationListener(RegistrationListener listener) {
        registrations = listener;
    }

    @Override
    public synchronized void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        nodeInfo = info;
        promise.succeed();
    }

    @Override
    public synchronized NodeInfo getNodeInfo() {
        return requireStarted();
    }

    @Override
    public synchronized void getNodeInfo(String id, Completable<NodeInfo> promise) {
        @Nullable ClusterMember member = others.get(id);
        if (id.equals(nodeId)) {
            promise.succeed(requireStarted());
        } else if (member == null) {
            promise.fail("member " + id + " has left the cluster");
        } else {
            promise.succeed(new NodeInfo(member.host(), member.port(), null));
        }
    }

    @Override
    public synchronized void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        own.computeIfAbsent(address, first -> new HashSet<>()).add(registration);
        notifyOf(address);
        promise.succeed();
    }

    @Override
    public synchronized void removeRegistration(
            String address, RegistrationInfo registration, Completable<Void> promise) {
        own.computeIfPresent(address, (key, all) -> {
            all.remove(registration);
            return all.isEmpty() ? null : all;
        });
        notifyOf(address);
        promise.succeed();
    }

    @Override
    public synchronized void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        promise.succeed(registrationsOf(address));
    }

    @Override
    public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
        promise.fail(new UnsupportedOperationException(NO_SHARED_DATA));
    }

    @Override
    public <K, V> Map<K, V> getSyncMap(String name) {
        throw new UnsupportedOperationException(NO_SHARED_DATA);
    }

    @Override
    public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
        promise.fail(new UnsupportedOperationException(NO_SHARED_DATA));
    }

    @Override
    public void getCounter(String name, Completable<Counter> promise) {
        promise.fail(new UnsupportedOperationException(NO_SHARED_DATA));
    }
}
