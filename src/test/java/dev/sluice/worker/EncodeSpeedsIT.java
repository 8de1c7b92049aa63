package dev.sluice.worker;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.ServicesExtension;
import dev.sluice.endtoend.BackendSimulator;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.EncodeWork;
import dev.sluice.media.rendition.SpeedClass;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.worker.EncodeSpeedRepository;
import dev.sluice.persistence.worker.EncodeSpeedRepository.EncodeSpeed;
import dev.sluice.persistence.worker.EncodeSpeedRepository.Host;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class EncodeSpeedsIT {
    private static final Host HOST = new Host("own", "CPU 1", 8);
    private static final SpeedClass CLASS = new SpeedClass("medium", "h264", 21, 30);

    private TestDatabase table;
    private EncodeSpeedRepository repository;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store store) {
        table = newDatabase;
        repository = new EncodeSpeedRepository(store.database());
    }

    private void record(Host host, double speed) {
        await(repository.record(host, new EncodeSpeed("medium", "h264", 21, 30, speed), 0.5));
    }

    private EncodeSpeedEstimator newProcess(Host host) {
        return await(EncodeSpeeds.estimator(repository, host));
    }

    /** A million pixels with one thread. */
    private static double speed(EncodeSpeedEstimator process) {
        return 1e12 / process.estimate(new EncodeWork(CLASS, 1_000_000, 1e6, 1)).toNanos() * 1e9;
    }

    private List<Double> stored() {
        return await(repository.find(HOST)).stream().map(EncodeSpeed::speed).toList();
    }

    @Test
    void newProcessKnowsWhatEarlierOneMeasured() {
        EncodeSpeedEstimator earlier = newProcess(HOST);
        assertThat(earlier.isGuessing()).isTrue();

        earlier.record(CLASS, 5e6);
        BackendSimulator.awaitThat(() -> stored().equals(List.of(5e6)));

        assertThat(newProcess(HOST).isGuessing()).isFalse();
        assertThat(speed(newProcess(HOST))).isCloseTo(5e6, within(10.0));
    }

    @Test
    void newHostStartsWithMedianOfHostsWithSameProcessor() {
        record(new Host("a", "CPU 1", 8), 3e6);
        record(new Host("b", "CPU 1", 8), 4e6);
        record(new Host("c", "CPU 1", 8), 9e6);
        record(new Host("d", "CPU 2", 8), 50e6);
        record(new Host("e", "CPU 1", 2), 50e6);
        assertThat(stored()).containsExactly(4e6);

        record(HOST, 8e6);
        assertThat(stored()).as("its own").containsExactly(8e6);
        assertThat(await(repository.find(new Host("f", "CPU 3", 8)))).isEmpty();
    }

    @Test
    void averagesUntilProcessorChanges() {
        record(HOST, 4e6);
        record(HOST, 8e6);
        assertThat(stored()).containsExactly(6e6);

        record(new Host("own", "CPU 2", 8), 20e6);
        assertThat(stored()).isEmpty();
        assertThat(table.value("SELECT speed FROM sluice.encode_speed")).isEqualTo("20000000");
    }

    @Test
    void ignoresImplausibleSpeeds() {
        record(HOST, 1e300);

        assertThat(newProcess(HOST).isGuessing()).isTrue();
        assertThatThrownBy(() -> record(new Host("other", "CPU 1", 8), Double.NaN))
                .hasStackTraceContaining("encode_speed_speed_check");
    }

    @Test
    void removesSpeedsThatWereNotMeasuredLately() {
        record(HOST, 4e6);
        record(new Host("gone", "CPU 2", 8), 4e6);
        table.execute("UPDATE sluice.encode_speed SET measured_at = now() - interval '31 days' WHERE host = 'gone'");

        await(repository.forgetOld());

        assertThat(table.value("SELECT host FROM sluice.encode_speed")).isEqualTo("own");
    }

    @Test
    void startsIfSpeedsCannotBeRead() {
        table.execute("DROP TABLE sluice.encode_speed");

        assertThat(newProcess(HOST).isGuessing()).isTrue();
    }

    @Test
    void namesProcessorOfThisHost() {
        assertThat(HostProcessor.local().model()).isNotBlank();
        assertThat(HostProcessor.local().cores()).isPositive();
        assertThat(HostProcessor.model(List.of("processor\t: 0", "model name\t: Fast CPU @ 3 GHz", "flags\t: fpu")))
                .contains("Fast CPU @ 3 GHz");
        assertThat(HostProcessor.model(List.of("CPU implementer\t: 0x41", "CPU variant\t: 0x3", "CPU part\t: 0xd0c")))
                .contains("0x41 0xd0c 0x3");
        assertThat(HostProcessor.model(List.of("processor\t: 0"))).isEmpty();
    }
}
