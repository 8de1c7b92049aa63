package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.connection.BrokerFailure;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class ConfirmsTest {
    private final Confirms confirms = new Confirms();

    @Test
    void completesAllUpToAMultipleConfirm() {
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");
        Promise<Void> third = expect("c");

        confirms.acked(2, true);

        assertThat(first.future().succeeded()).isTrue();
        assertThat(second.future().succeeded()).isTrue();
        assertThat(third.future().isComplete()).isFalse();
        assertThat(confirms.size()).isEqualTo(1);
    }

    @Test
    void completesOnlyTheOneOfASingleConfirm() {
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.acked(2, false);

        assertThat(first.future().isComplete()).isFalse();
        assertThat(second.future().succeeded()).isTrue();
    }

    @Test
    void failsWhatWasReturnedThoughItIsConfirmed() {
        BrokerFailure unroutable = new BrokerFailure("no queue");
        Promise<Void> lost = expect("a");
        Promise<Void> fine = expect("b");

        confirms.returned("a", unroutable);
        confirms.acked(2, true);

        assertThat(lost.future().cause()).isSameAs(unroutable);
        assertThat(fine.future().succeeded()).isTrue();
    }

    @Test
    void failsOnlyWhatWasRefused() {
        BrokerFailure refused = new BrokerFailure("refused");
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.nacked(1, false, refused);

        assertThat(first.future().cause()).isSameAs(refused);
        assertThat(second.future().isComplete()).isFalse();
    }

    @Test
    void leavesNobodyWaitingWhenTheChannelIsGone() {
        BrokerFailure gone = new BrokerFailure("gone");
        Promise<Void> first = expect("a");
        Promise<Void> second = expect("b");

        confirms.fail(gone);
        confirms.acked(2, true);

        assertThat(first.future().cause()).isSameAs(gone);
        assertThat(second.future().cause()).isSameAs(gone);
        assertThat(confirms.size()).isZero();
    }

    private Promise<Void> expect(String messageId) {
        Promise<Void> promise = Promise.promise();
        long number = confirms.expect(messageId, promise);
        assertThat(confirms.awaits(number)).isTrue();
        return promise;
    }
}
