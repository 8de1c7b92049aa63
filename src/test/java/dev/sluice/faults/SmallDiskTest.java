package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDiskTest {
    private static final Duration UNLIMITED = Duration.ofDays(1);

    @TempDir
    private Path directory;

    @Test
    void staysFullWhenWorkerFreesSpaceAndReleasesSpaceAtEnd() throws Exception {
        ExecutorService fault = Executors.newSingleThreadExecutor();
        CountDownLatch over = new CountDownLatch(1);
        try (SmallDisk disk = SmallDisk.over(directory.resolve("disk"), 192)) {
            assumeTrue(disk.isMounted(), "no permission to mount");
            Path video = Files.write(directory.resolve("disk").resolve("video"), new byte[1 << 20]);
            Future<?> full = fault.submit(() -> {
                disk.keepFull(UNLIMITED, over);
                return null;
            });
            awaitFull();

            Files.delete(video);

            awaitFull();
            over.countDown();
            full.get(10, TimeUnit.SECONDS);
            assertThat(free()).isPositive();
        } finally {
            over.countDown();
            fault.shutdownNow();
        }
    }

    @Test
    void isUnmountedWhenScenarioCannotBeOpened() throws Exception {
        try (SmallDisk disk = SmallDisk.over(directory.resolve("disk"), 192)) {
            assumeTrue(disk.isMounted(), "no permission to mount");
        }
        FaultRunConfig incomplete =
                new FaultRunConfig(1, FaultRunConfig.Disk.SHARED, new JsonObject(), List.of(), null, 192);

        assertThatThrownBy(() -> FaultScenario.open("not-opened", incomplete)).isInstanceOf(NullPointerException.class);

        assertThat(Files.readString(Path.of("/proc/mounts")))
                .doesNotContain(FaultScenario.directory("not-opened").toString());
    }

    private void awaitFull() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> free() == 0);
    }

    private long free() throws IOException {
        return Files.getFileStore(directory.resolve("disk")).getUsableSpace();
    }
}
