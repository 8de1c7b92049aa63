package dev.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log which hosts come and go. */
final class MembershipLogger implements MembershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipLogger.class);

    @Override
    public void memberAdded(MembershipEvent event) {
        Member member = event.getMember();
        tell(
                member.localMember() ? "member of a cluster" : "a host has joined the cluster: " + address(member),
                event.getMembers());
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        tell("a host has left the cluster: " + address(event.getMember()), event.getMembers());
    }

    private static void tell(String what, Set<Member> members) {
        LOG.atInfo()
                .addKeyValue(
                        "members",
                        members.stream().map(MembershipLogger::address).toList())
                .log(what);
    }

    private static String address(Member member) {
        return member.getAddress().getHost() + ":" + member.getAddress().getPort();
    }
}
