package dev.sluice.attacks;

import dev.sluice.ServicesExtension;
import dev.sluice.endtoend.PipelineFixture;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attacks over HTTP on one process with the heap of the image, one after the other; prints a table of the outcomes. */
@ExtendWith(ServicesExtension.class)
@Timeout(120)
class HttpAttackIT {
    private static AttackedProcess target;

    @BeforeAll
    static void start(PipelineFixture services) throws Exception {
        target = AttackedProcess.start(
                services, new JsonObject().put("requestTimeoutSeconds", 2).put("uploadIdleSeconds", 2));
    }

    @AfterAll
    static void stop() {
        System.out.println(target.table());
        target.close();
    }

    static List<Attack> attacks() {
        return HttpAttacks.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void survives(Attack attack) throws Exception {
        target.run(attack);
    }
}
