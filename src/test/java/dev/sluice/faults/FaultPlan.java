package dev.sluice.faults;

import dev.sluice.faults.Fault.Target;
import dev.sluice.faults.FaultSchedule.WeightedFault;
import dev.sluice.faults.WorkerProcess.Service;
import dev.sluice.job.DeliveryStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters of a run.
 *
 * @param jobs the maximum number of jobs; 0: no limit
 * @param submitFor how long jobs are submitted and faults are injected, at most
 * @param drainFor the time limit for jobs in progress after that
 * @param inFlight the number of concurrent jobs
 * @param segmentedEvery one in this number of videos is encoded in segments; 0: none
 * @param gap the mean time between the starts of two faults
 */
record FaultPlan(
        String name,
        int workers,
        int jobs,
        Duration submitFor,
        Duration drainFor,
        int inFlight,
        int segmentedEvery,
        long seed,
        Duration gap,
        List<WeightedFault> faults) {

    /** About four minutes, with every kind of fault at least once. */
    static FaultPlan shortRun(long seed) {
        return new FaultPlan(
                "short",
                3,
                400,
                Duration.ofSeconds(70),
                Duration.ofSeconds(120),
                8,
                0,
                seed,
                Duration.ofMillis(5500),
                allFaults(Duration.ofSeconds(8)));
    }

    /** About two minutes in all; every second video is encoded in segments by all workers, each with its own workspace. */
    static FaultPlan segmentedRun(int jobs, long seed) {
        return new FaultPlan(
                "segmented",
                3,
                jobs,
                jobs == 0 ? Duration.ofSeconds(40) : Duration.ofHours(12),
                Duration.ofSeconds(120),
                4,
                2,
                seed,
                Duration.ofSeconds(5),
                allFaults(Duration.ofSeconds(8)));
    }

    /** Lasts until all jobs have ended. */
    static FaultPlan longRun(int workers, int jobs, long seed) {
        return new FaultPlan(
                "long",
                workers,
                jobs,
                Duration.ofHours(12),
                Duration.ofMinutes(5),
                8,
                0,
                seed,
                Duration.ofSeconds(8),
                allFaults(Duration.ofSeconds(30)));
    }

    /** About three minutes: a cluster that is split for a minute, and a worker that reaches nothing for a minute. */
    static FaultPlan clusterRun(long seed) {
        Duration minute = Duration.ofMinutes(1);
        return new FaultPlan(
                "cluster",
                3,
                0,
                Duration.ofSeconds(100),
                Duration.ofSeconds(120),
                8,
                0,
                seed,
                Duration.ofSeconds(10),
                List.of(
                        new WeightedFault(new WorkerFaults.Split(minute), 1),
                        new WeightedFault(new WorkerFaults.Isolate(minute), 1),
                        new WeightedFault(new WorkerFaults.Kill(), 1)));
    }

    /** Whether the workers are members of a cluster. */
    boolean clustered() {
        return faults.stream().anyMatch(weighted -> weighted.fault().target() == Target.CLUSTER);
    }

    private static List<WeightedFault> allFaults(Duration refused) {
        List<WeightedFault> faults = new ArrayList<>(List.of(
                new WeightedFault(new WorkerFaults.Kill(), 4),
                new WeightedFault(new WorkerFaults.Freeze(), 3),
                new WeightedFault(new WorkerFaults.Terminate(), 1),
                new WeightedFault(new WorkerFaults.KillFfmpeg(), 2),
                new WeightedFault(new ServiceFaults.RestartRabbit(), 1),
                new WeightedFault(new ServiceFaults.KillRabbit(), 1),
                new WeightedFault(new ServiceFaults.RestartPostgres(), 1),
                new WeightedFault(new ServiceFaults.KillPostgres(), 1),
                new WeightedFault(new ServiceFaults.RefuseAtPostgres(refused), 1),
                new WeightedFault(ServiceFaults.SpoilStore.error500(), 1),
                new WeightedFault(ServiceFaults.SpoilStore.slowDown(), 1),
                new WeightedFault(ServiceFaults.SpoilStore.resets(), 1),
                new WeightedFault(new ServiceFaults.StallStore(), 1),
                new WeightedFault(new DiskFull(), 1),
                new WeightedFault(new ServiceFaults.RepeatMessages(), 2)));
        for (Service service : List.of(Service.RABBITMQ, Service.POSTGRES, Service.S3)) {
            faults.add(new WeightedFault(new WorkerFaults.Disconnect(service), 1));
        }
        for (DeliveryStep step : DeliveryStep.values()) {
            faults.add(new WeightedFault(new WorkerFaults.CrashAt(step), 1));
        }
        return List.copyOf(faults);
    }
}
