package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The production jar cannot inject faults: the classes for it are not part of it. */
class UnreachableServicesIT {
    @Test
    void excludesFaultClassesFromJar() throws IOException {
        try (JarFile jar = new JarFile(Path.of("target", "sluice.jar").toFile())) {
            assertThat(jar.stream().map(Object::toString))
                    .contains("dev/sluice/Main.class", "dev/sluice/job/DeliveryStepListener.class")
                    .noneMatch(name -> name.startsWith("dev/sluice/faults/"))
                    .noneMatch(name -> name.contains("FaultWorker"));
        }
    }
}
