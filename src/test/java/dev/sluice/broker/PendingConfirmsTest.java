package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.connection.BrokerException;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class PendingConfirmsTest {
    private final PendingConfirms confirms = new PendingConfirms();

    @Test
    void completesAllUpToAMultipleConfirm() {
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");
        Promise<Void> third = expect("c");

        confirms.onAck(2, true);

        assertThat(first.future().succeeded()).isTrue();
        assertThat(second.future().succeeded()).isTrue();
        assertThat(third.future().isComplete()).isFalse();
        assertThat(confirms.size()).isEqualTo(1);
    }

    @Test
    void completesOnlyTheOneOfASingleConfirm() {
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.onAck(2, false);

        assertThat(first.future().isComplete()).isFalse();
        assertThat(second.future().succeeded()).isTrue();
    }

    @Test
    void failsWhatWasReturnedThoughItIsConfirmed() {
        BrokerException unroutable = new BrokerException("no queue");
        Promise<Void> lost = expect("a");
        Promise<Void> fine = expect("b");

        confirms.onReturn("a", unroutable);
        confirms.onAck(2, true);

        assertThat(lost.future().cause()).isSameAs(unroutable);
        assertThat(fine.future().succeeded()).isTrue();
    }

    @Test
    void failsOnlyWhatWasRefused() {
        BrokerException refused = new BrokerException("refused");
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.onNack(1, false, refused);

        assertThat(first.future().cause()).isSameAs(refused);
        assertThat(second.future().isComplete()).isFalse();
    }

    @Test
    void leavesNobodyWaitingWhenTheChannelIsGone() {
        BrokerException gone = new BrokerException("gone");
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.failAll(gone);
        confirms.onAck(2, true);

        assertThat(first.future().cause()).isSameAs(gone);
        assertThat(second.future().cause()).isSameAs(gone);
        assertThat(confirms.size()).isZero();
    }

    private Promise<Void> expect(String messageId) {
        Promise<Void> promise = Promise.promise();
        long number = confirms.register(messageId, promise);
        assertThat(confirms.isPending(number)).isTrue();
        return promise;
    }
}
