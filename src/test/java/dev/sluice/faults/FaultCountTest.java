package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.faults.Fault.Target;
import dev.sluice.faults.FaultSchedule.Injected;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaultCountTest {
    @Test
    void countsOnlyFaultsThatTookEffect() {
        FaultReport report = new FaultReport();

        report.faults(List.of(
                fault("FFmpeg SIGKILL", "killed one"),
                fault("FFmpeg SIGKILL", Fault.NOTHING + ": none running"),
                fault("disk full", Fault.NOTHING + ": no disk mounted")));

        assertThat(report.toString().lines())
                .containsExactly(
                        "faults: 1",
                        "  FFmpeg SIGKILL                          1, and 1 without effect",
                        "  disk full                               0, and 1 without effect");
    }

    private static Injected fault(String name, String outcome) {
        return new Injected(name, Target.A_WORKER, "worker-1", Instant.EPOCH, Instant.EPOCH, outcome, Optional.empty());
    }
}
