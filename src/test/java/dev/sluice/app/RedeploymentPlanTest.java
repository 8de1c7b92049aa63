package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedeploymentPlanTest {
    @TempDir
    private Path directory;

    @Test
    void namesVerticlesOfChangedSectionsOnly() throws IOException {
        RedeploymentPlan plan = plan("{}", "{'stages': {'processing': {'concurrency': 3}}}");

        assertThat(plan.verticles()).containsExactly("processing");
        assertThat(plan.restart()).isEmpty();
    }

    @Test
    void changeOfProfilesRedeploysUsersOfMedia() throws IOException {
        RedeploymentPlan plan = plan("{}", "{'profiles': {'small': {'crf': 30}}}");

        assertThat(plan.verticles())
                .isEqualTo(plan("{}", "{'media': {'crf': 30}}").verticles())
                .contains("processing");
        assertThat(plan.restart()).isEmpty();
    }

    @Test
    void namesSectionsThatNeedARestart() throws IOException {
        RedeploymentPlan plan = plan("{'postgres': {'poolSize': 3}}", "{'workspace': {'minFreeMiB': 7}}");

        assertThat(plan.verticles()).isEmpty();
        assertThat(plan.restart()).containsExactlyInAnyOrder("postgres", "workspace");
    }

    @Test
    void includesRequestsAndBackendIfTheyAreEnabledBeforeOrAfter() throws IOException {
        String before = "{'requests': {'enabled': true}}";
        String after = "{'requests': {'enabled': true}, 'stages': {'upload': {'concurrency': 1}}}";

        assertThat(plan(before, after).verticles()).containsExactlyInAnyOrder("upload", "requests");
        assertThat(plan("{}", "{'backend': {'enabled': true, 'auth': 'none', 'host': '127.0.0.1'}}")
                        .verticles())
                .containsExactlyInAnyOrder("updates", "webhooks", "scheduler", "api");
    }

    @Test
    void digestIgnoresOrderAndLayout() throws IOException {
        LoadedConfig one = load("{'media': {'crf': 20, 'preset': 'fast'}, 'ffmpeg': {}}");
        LoadedConfig same = load("{'ffmpeg': {},\n 'media': {'preset': 'fast', 'crf': 20}}");
        LoadedConfig other = load("{'ffmpeg': {}, 'media': {'preset': 'fast', 'crf': 21}}");

        assertThat(same.digest()).isEqualTo(one.digest()).hasSize(12);
        assertThat(other.digest()).isNotEqualTo(one.digest());
        assertThat(one.changedSections(other)).containsExactly("media");
    }

    private RedeploymentPlan plan(String before, String after) throws IOException {
        return RedeploymentPlan.of(load(before), load(after));
    }

    private LoadedConfig load(String json) throws IOException {
        Path file = Files.writeString(
                Files.createTempFile(directory, "sluice", ".json"), new JsonObject(json.replace('\'', '"')).encode());
        return new ConfigSource(file, Map.of()).load();
    }
}
