package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.ChildProcess;
import dev.sluice.broker.Topology;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.StageConfig;
import dev.sluice.job.StageName;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dockerfile, Compose, Kubernetes and systemd: linters, schemas, and the names on which the files must agree. */
@Timeout(180)
class DeploymentFilesIT {
    private static final Path DEPLOY = Path.of("deploy").toAbsolutePath();
    private static final Pattern VARIABLE = Pattern.compile("SLUICE_[A-Z0-9_]+");

    @TempDir
    private Path directory;

    @Test
    void containerFilesConformToTheirSchemasAndAgree() throws Exception {
        JsonObject checked = check(render());
        JsonObject compose = checked.getJsonObject("compose");
        List<JsonObject> manifests = objects(checked.getJsonArray("kubernetes"));
        Path secrets = createSecrets();

        assertThat(checked.getJsonArray("problems")).isEmpty();
        assertComposeAgrees(compose, secrets);
        for (String worker : List.of("worker-1", "worker-2")) {
            JsonObject service = compose.getJsonObject("services").getJsonObject(worker);
            Map<String, String> environment = new HashMap<>();
            service.getJsonObject("environment")
                    .forEach(entry -> environment.put(entry.getKey(), "" + entry.getValue()));
            assertKnown(environment);
            SluiceConfig config = load(DEPLOY.resolve("compose/sluice.json"), "/run/secrets", secrets, environment);
            assertThat(config.backend().enabled()).isEqualTo(worker.equals("worker-1"));
        }
        assertStagesAgree(manifests, secrets);
    }

    private static void assertComposeAgrees(JsonObject compose, Path secrets) {
        List<String> files = Stream.of("configs", "secrets")
                .flatMap(kind -> compose.getJsonObject(kind).stream())
                .map(source -> ((JsonObject) source.getValue()).getString("file"))
                .toList();
        assertThat(files)
                .allSatisfy(file -> assertThat(
                                file.startsWith("./secrets/")
                                        ? secrets.resolve(Path.of(file).getFileName())
                                        : DEPLOY.resolve(file))
                        .exists());
        assertThat(compose.getJsonObject("secrets").fieldNames())
                .containsExactlyInAnyOrder(secrets.toFile().list());
        compose.getJsonObject("services").forEach(service -> {
            JsonObject definition = (JsonObject) service.getValue();
            assertThat(definition.getString("image")).as(service.getKey()).contains(":");
            assertThat(definition.getJsonArray("ports", new JsonArray()))
                    .as("ports of %s", service.getKey())
                    .allMatch(port -> port.toString().startsWith("127.0.0.1:"));
            for (String kind : List.of("configs", "secrets")) {
                assertThat(definition.getJsonArray(kind, new JsonArray()))
                        .as("%s of %s", kind, service.getKey())
                        .allMatch(used -> compose.getJsonObject(kind)
                                .containsKey(used instanceof JsonObject item ? item.getString("source") : "" + used));
            }
        });
    }

    /** Each stage has one Deployment, which is scaled by its queue. */
    private void assertStagesAgree(List<JsonObject> manifests, Path secrets) throws IOException {
        Map<String, JsonObject> scaled = new TreeMap<>();
        of("ScaledObject", manifests)
                .forEach(manifest -> scaled.put(
                        manifest.getJsonObject("spec")
                                .getJsonObject("scaleTargetRef")
                                .getString("name"),
                        manifest));
        assertThat(of("Deployment", manifests).map(DeploymentFilesIT::name))
                .containsExactlyInAnyOrder(
                        "sluice-api",
                        "sluice-download",
                        "sluice-processing",
                        "sluice-segment",
                        "sluice-join",
                        "sluice-upload");
        for (JsonObject deployment : of("Deployment", manifests).toList()) {
            JsonObject container = deployment
                    .getJsonObject("spec")
                    .getJsonObject("template")
                    .getJsonObject("spec")
                    .getJsonArray("containers")
                    .getJsonObject(0);
            Map<String, String> environment = new HashMap<>();
            objects(container.getJsonArray("env"))
                    .forEach(variable -> environment.put(variable.getString("name"), variable.getString("value")));
            assertKnown(environment);
            SluiceConfig config =
                    load(DEPLOY.resolve("kubernetes/sluice.json"), "/etc/sluice/secrets", secrets, environment);
            List<StageName> stages = Arrays.stream(StageName.values())
                    .filter(stage -> config.stage(stage).instances() > 0)
                    .toList();
            if (name(deployment).equals("sluice-api")) {
                assertThat(stages).isEmpty();
                assertThat(config.backend().enabled()).isTrue();
            } else {
                StageName stage = stages.get(0);
                StageConfig own = config.stage(stage);
                assertThat(name(deployment)).isEqualTo("sluice-" + stage.key());
                assertThat(stages).hasSize(1);
                assertThat(config.backend().enabled()).isFalse();
                assertThat(scaled.get(name(deployment))
                                .getJsonObject("spec")
                                .getJsonArray("triggers")
                                .getJsonObject(0)
                                .getJsonObject("metadata"))
                        .contains(
                                Map.entry("queueName", Topology.queueOf(stage)),
                                Map.entry("value", "" + own.instances() * own.concurrency()));
            }
        }
    }

    @Test
    void systemdAcceptsTheUnit() throws Exception {
        Path unit = DEPLOY.resolve("systemd/sluice.service");
        Map<String, String> environment = new HashMap<>();
        Files.readAllLines(unit).stream()
                .filter(line -> line.startsWith("Environment="))
                .map(line -> line.split("=", 3))
                .forEach(line -> environment.put(line[1], line[2]));
        assertKnown(environment);
        assumeTrue(installed("systemd-analyze"), "systemd-analyze is not installed");

        // 0 is the best of 10 levels of exposure.
        assertThat(run("systemd-analyze", "security", "--offline=true", "--threshold=35", unit.toString()))
                .contains("Overall exposure level");
        assertThat(run("systemd-analyze", "verify", unit.toString())).isEmpty();
    }

    @Test
    void healthCheckFailsUnlessTheProcessIsAlive() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            AtomicInteger status = new AtomicInteger(200);
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> request.response()
                            .setStatusCode("/health/live".equals(request.path()) ? status.get() : 404)
                            .end("body"))
                    .listen(0, "127.0.0.1")
                    .await();

            assertThat(healthCheck(server.actualPort())).isZero();
            status.set(503);
            assertThat(healthCheck(server.actualPort())).isNotZero();
            int port = server.actualPort();
            server.close().await();
            assertThat(healthCheck(port)).isNotZero();
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void buildContextContainsWhatTheImageCopies() throws Exception {
        List<String> included = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> copied = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .map(line -> line.substring("COPY ".length()).split(" "))
                .flatMap(words -> Arrays.stream(words).limit(words.length - 1L))
                .filter(source -> !source.equals("."))
                .toList();

        assertThat(copied).contains("target/sluice.jar", "deploy/jvm.options").allSatisfy(source -> {
            assertThat(included).as(source).anyMatch(path -> source.equals(path) || source.startsWith(path + "/"));
            assertThat(Path.of(source))
                    .satisfiesAnyOf(
                            path -> assertThat(path).exists(),
                            path -> assertThat(path).startsWith(Path.of("target")));
        });
        assertThat(Files.readString(Path.of("Dockerfile"))).doesNotContain("JAVA_TOOL_OPTIONS", "PASSWORD");
    }

    private static int healthCheck(int port) throws Exception {
        ProcessBuilder check = new ProcessBuilder(
                        DEPLOY.resolve("image/healthcheck").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        check.environment().put("SLUICE_MONITORING_PORT", "" + port);
        return check.start().waitFor();
    }

    /** Runs kustomize. */
    private Path render() throws Exception {
        assumeTrue(installed("kubectl"), "kubectl is not installed");
        return Files.writeString(
                directory.resolve("kubernetes.yaml"),
                run("kubectl", "kustomize", DEPLOY.resolve("kubernetes").toString()));
    }

    private Path createSecrets() throws Exception {
        Path secrets = directory.resolve("secrets");
        run(DEPLOY.resolve("create-secrets").toString(), secrets.toString());
        return secrets;
    }

    private static JsonObject check(Path manifests) throws Exception {
        NodeProject project = NodeProject.of("deploy", "check.js");
        ChildProcess check = project.start(
                "check.js",
                Map.of(
                        "DOCKERFILE", Path.of("Dockerfile").toAbsolutePath().toString(),
                        "COMPOSE", DEPLOY.resolve("compose.yaml").toString(),
                        "KUBERNETES", manifests.toString()));
        assertThat(check.awaitExit(Duration.ofSeconds(60))).isTrue();
        return new JsonObject(String.join("\n", project.output()));
    }

    /** Loads a configuration whose secrets are mounted at {@code mount}. */
    private SluiceConfig load(Path file, String mount, Path secrets, Map<String, String> environment)
            throws IOException {
        Path local = Files.writeString(
                directory.resolve("sluice.json"), Files.readString(file).replace(mount, secrets.toString()));
        return SluiceConfig.load(local, environment);
    }

    private static void assertKnown(Map<String, String> environment) throws IOException {
        List<String> documented = VARIABLE.matcher(Files.readString(Path.of("docs/configuration.md")))
                .results()
                .map(found -> found.group())
                .toList();
        assertThat(environment.keySet())
                .allSatisfy(
                        name -> assertThat(documented.contains(name)).as(name).isTrue());
    }

    private static Stream<JsonObject> of(String kind, List<JsonObject> manifests) {
        return manifests.stream().filter(manifest -> kind.equals(manifest.getString("kind")));
    }

    private static String name(JsonObject manifest) {
        return manifest.getJsonObject("metadata").getString("name");
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast).toList();
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Runs a program, which must succeed. */
    private String run(String... command) throws Exception {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
