package dev.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs hosts that join and leave the cluster. */
final class MembershipLogger implements MembershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipLogger.class);

    @Override
    public void memberAdded(MembershipEvent event) {
        Member member = event.getMember();
        log(
                member.localMember() ? "joined the cluster" : "host joined the cluster: " + address(member),
                event.getMembers());
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        log("host left the cluster: " + address(event.getMember()), event.getMembers());
    }

    private static void log(String message, Set<Member> members) {
        LOG.atInfo()
                .addKeyValue(
                        "members",
                        members.stream().map(MembershipLogger::address).toList())
                .log(message);
    }

    private static String address(Member member) {
        return member.getAddress().getHost() + ":" + member.getAddress().getPort();
    }
}
