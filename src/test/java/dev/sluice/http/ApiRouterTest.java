package dev.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.attacks.RawConnection;
import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.config.SluiceConfig;
import dev.sluice.http.TestClient.Reply;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.handler.JsonResponse;
import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.problem.ProblemCode;
import dev.sluice.http.stream.StreamingHandler;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.persistence.ticket.EventTicket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication and validation of requests, with handlers that call no service. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ApiRouterTest {
    private static final String JOBS = "/api/video-processing/jobs";
    private static final List<String> STREAMING = List.of(
            "uploadMedia",
            "uploadCapabilities",
            "createUpload",
            "uploadOffset",
            "appendUpload",
            "terminateUpload",
            "events",
            "jobEvents",
            "streamDocument");
    private static final String PROCESS = "/api/video-processing/media/m/process-video";

    private static Vertx vertx;
    private static OpenAPIContract contract;
    private static TestClient client;

    @TempDir
    private Path directory;

    @BeforeAll
    static void listen(Vertx sharedVertx) throws Exception {
        vertx = sharedVertx;
        contract = OpenApiDocument.read(vertx)
                .compose(file -> file.toRouterContract(vertx))
                .await(20, TimeUnit.SECONDS);
        client = serve(new JsonObject().put("corsOrigins", new JsonArray().add("https://app.test")));
    }

    /** A router whose handlers return the operation and the caller. */
    private static TestClient serve(JsonObject backend) throws Exception {
        return new TestClient(vertx, server(backend).actualPort());
    }

    private static HttpServer server(JsonObject backend) throws Exception {
        JsonObject settings = new JsonObject()
                .put("enabled", true)
                .put("jwtSecret", TestTokens.SECRET)
                .put("requestsPerSecond", 1_000)
                .mergeIn(backend);
        settings.fieldNames().removeIf(key -> settings.getValue(key) == null);
        SluiceConfig config = SluiceConfig.read(new JsonObject().put("backend", settings), Map.of());
        return vertx.createHttpServer()
                .requestHandler(new ApiRouter(vertx, config.backend(), ApiRouterTest::redeem)
                        .build(contract, registry(operations())))
                .listen(0, "127.0.0.1")
                .await(20, TimeUnit.SECONDS);
    }

    private static Map<String, OperationHandler> operations() {
        Map<String, OperationHandler> all = new HashMap<>();
        contract.operations()
                .forEach(operation -> all.put(
                        operation.getOperationId(),
                        call -> Future.succeededFuture(new JsonObject()
                                .put("operation", operation.getOperationId())
                                .put("sub", call.caller().subject())
                                .put("admin", call.caller().admin()))));
        all.put("videoVersions", call -> Future.failedFuture(new IllegalStateException("internal message")));
        all.put(
                "getJob",
                call -> Future.succeededFuture(
                        new JsonObject().put("id", call.jobId().value())));
        all.put("ready", call -> {
            throw new JobException(ErrorCode.DATABASE_UNAVAILABLE, "internal message");
        });
        return all;
    }

    /** With streaming handlers that return the caller and the size of the body. */
    private static OperationRegistry registry(Map<String, OperationHandler> operations) {
        Map<String, StreamingHandler> streaming = new HashMap<>();
        for (String id : STREAMING) {
            streaming.put(id, ApiRouterTest::measured);
        }
        Map<String, OperationHandler> buffered = new HashMap<>(operations);
        buffered.keySet().removeAll(STREAMING);
        return new OperationRegistry(buffered, streaming);
    }

    private static Future<Optional<EventTicket>> redeem(String ticket) {
        return Future.succeededFuture(
                ticket.equals("good")
                        ? Optional.of(new EventTicket("ann", false, Optional.empty()))
                        : Optional.empty());
    }

    private static Future<Void> measured(ApiRequest call, HttpServerRequest request) {
        Future<Buffer> read = request.body();
        request.resume();
        return read.compose(body -> JsonResponse.send(
                request.response(),
                new JsonObject().put("sub", call.caller().subject()).put("bytes", body.length())));
    }

    @Test
    void authenticatesStreamingRequestWithoutBufferingItsBody() {
        Buffer large = Buffer.buffer(new byte[3 << 20]);
        String media = "/api/video-processing/media";

        Reply accepted = client.call("POST", media, Map.of("Authorization", "Bearer " + TestTokens.of("ann")), large);
        Reply rejected = client.call("POST", media, Map.of("Authorization", "Bearer nonsense"), large);

        assertThat(accepted.json().getMap()).containsEntry("sub", "ann").containsEntry("bytes", 3 << 20);
        assertProblem(rejected, 401, "unauthorized");
    }

    @Test
    void acceptsTicketsForEventStreamsOnly() {
        String events = "/api/video-processing/events?ticket=";
        String ofJob = JOBS + "/x/events?ticket=";

        assertThat(client.get(events + "good").json().getString("sub")).isEqualTo("ann");
        assertThat(client.get(ofJob + "good").json().getString("sub")).isEqualTo("ann");
        assertProblem(client.get(events + "bad"), 401, "unauthorized");
        assertProblem(client.get(JOBS + "?ticket=good"), 401, "unauthorized");
        assertProblem(
                client.call("POST", "/api/video-processing/event-tickets", Map.of(), Buffer.buffer()),
                401,
                "unauthorized");
        assertThat(client.get(events).status()).isIn(400, 401);
        assertThat(client.get(events + "%zz").status()).isIn(400, 401);
        Reply tooLong = client.get(events + "secret".repeat(30));
        assertProblem(tooLong, 400, "invalid_request");
        assertThat(tooLong.body().toString()).contains("'ticket'").doesNotContain("secret");
    }

    @Test
    void identifiesCallerAndAdministratorRole() {
        assertThat(client.get(JOBS, TestTokens.of("ann")).json().getMap())
                .containsEntry("sub", "ann")
                .containsEntry("admin", false);
        assertThat(client.get(JOBS, TestTokens.admin()).json().getMap()).containsEntry("admin", true);
        String textClaim = TestTokens.signed(TestTokens.claims("ann").put("admin", "true"), TestTokens.SECRET);
        assertThat(client.get(JOBS, textClaim).json().getMap()).containsEntry("admin", false);
    }

    static Stream<Arguments> oddTokens() {
        long soon = Instant.now().getEpochSecond() + 600;
        JsonObject nested = new JsonObject().put("a", new JsonArray().add(1));
        Stream.Builder<Arguments> tokens = Stream.builder();
        for (Object exp : Arrays.asList(null, "soon", String.valueOf(soon), 1e300, -1, true, nested)) {
            tokens.add(odd("exp", exp));
        }
        for (Object sub : Arrays.asList(null, 7, nested, " ", "a\0b", "a\nb", "\ud800", "x".repeat(256))) {
            tokens.add(odd("sub", sub));
        }
        for (Object aud : Arrays.asList(null, 7, new JsonArray().add(7), nested)) {
            tokens.add(odd("aud", aud));
        }
        for (Object time : Arrays.asList("now", nested, 1e300)) {
            tokens.add(odd("nbf", time)).add(odd("iat", time));
        }
        tokens.add(odd("iss", 7));
        return tokens.add(Arguments.of(
                        "header crit",
                        TestTokens.signed(
                                new JsonObject().put("crit", new JsonArray().add("exp")), TestTokens.claims("ann"))))
                .build();
    }

    private static Arguments odd(String claim, Object value) {
        JsonObject claims = TestTokens.claims("ann");
        claims.getMap().put(claim, value);
        return Arguments.of(
                claim + " " + String.valueOf(value).replaceAll("[^ -~]", "?"),
                TestTokens.signed(claims, TestTokens.SECRET));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddTokens")
    void rejectsSignedTokenWithOddClaims(String description, String token) {
        assertProblem(client.get(JOBS, token), 401, "unauthorized");
        assertProblem(client.get("/api/video-processing/events", token), 401, "unauthorized");
    }

    @Test
    void acceptsUsualClaims() {
        JsonObject claims = TestTokens.claims("x".repeat(255))
                .put("aud", new JsonArray().add("a").add("b"))
                .put("iss", "https://id.test")
                .put("nbf", Instant.now().getEpochSecond() - 1.5)
                .put("iat", 0);

        assertThat(client.get(JOBS, TestTokens.signed(claims, TestTokens.SECRET))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void rejectsBodyOfOperationWithoutOne() {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + TestTokens.admin());
        Buffer body = Buffer.buffer("{}");

        for (String path : List.of(JOBS + "/x/cancel", "/api/video-processing/uploads")) {
            Reply reply = client.call("POST", path, headers, body);
            assertProblem(reply, 400, "invalid_request");
            assertThat(reply.headers().get("Connection")).isEqualTo("close");
            assertThat(client.call("POST", path, headers, Buffer.buffer()).status())
                    .isEqualTo(200);
        }
        assertProblem(client.call("POST", "/nowhere", headers, body), 404, "not_found");
        assertProblem(client.call("PUT", JOBS, Map.of(), Buffer.buffer(new byte[1 << 20])), 405, "method_not_allowed");
    }

    @Test
    void limitsMemoryOfAllBodies() throws Exception {
        HttpServer server = server(new JsonObject().put("maxBodyKiB", 1024).put("maxBufferedBodiesMiB", 1));
        byte[] part = " ".repeat(700 << 10).getBytes(StandardCharsets.US_ASCII);
        String head = "POST " + PROCESS + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + TestTokens.admin() + "\r\nContent-Type: application/json\r\nContent-Length: " + (part.length + 2)
                + "\r\n\r\n";
        byte[] rest = "{}".getBytes(StandardCharsets.US_ASCII);

        for (int round = 0; round < 2; round++) {
            try (RawConnection one = RawConnection.open("127.0.0.1", server.actualPort());
                    RawConnection other = RawConnection.open("127.0.0.1", server.actualPort())) {
                var unused = one.send(head).send(part);
                var unusedToo = other.send(head).send(part);
                // Neither body is complete: one of them is rejected, and the other one is still accepted.
                Received rejected = one.receive(Duration.ofMillis(50));
                boolean first = true;
                while (rejected.status() == 0) {
                    first = !first;
                    rejected = (first ? one : other).receive(Duration.ofMillis(50));
                }
                assertThat(rejected.text()).contains("\"overloaded\"");
                RawConnection accepted = first ? other : one;
                assertThat(accepted.send(rest).receive(Duration.ofSeconds(20)).status())
                        .isEqualTo(200);
            }
        }
    }

    static Stream<Arguments> invalidTokens() {
        JsonObject claims = TestTokens.claims("ann").put("admin", true);
        long now = Instant.now().getEpochSecond();
        String valid = TestTokens.signed(claims, TestTokens.SECRET);
        return Stream.of(
                Arguments.of("none", ""),
                Arguments.of("not a token", "Bearer nonsense"),
                Arguments.of("of another scheme", "Basic YW5uOnB3"),
                Arguments.of(
                        "expired",
                        "Bearer " + TestTokens.signed(claims.copy().put("exp", now - 60), TestTokens.SECRET)),
                Arguments.of(
                        "not yet valid",
                        "Bearer " + TestTokens.signed(claims.copy().put("nbf", now + 600), TestTokens.SECRET)),
                Arguments.of("forged", "Bearer " + TestTokens.signed(claims, "another secret, as long as the first")),
                Arguments.of(
                        "with changed claims",
                        "Bearer " + TestTokens.content("HS256", claims.copy().put("sub", "bob"))
                                + valid.substring(valid.lastIndexOf('.'))),
                Arguments.of("alg none", "Bearer " + TestTokens.content("none", claims) + "."),
                Arguments.of("alg None", "Bearer " + TestTokens.content("None", claims) + "."),
                Arguments.of("without a signature", "Bearer " + TestTokens.content("HS256", claims) + "."),
                Arguments.of(
                        "with an algorithm without a key", "Bearer " + TestTokens.content("RS256", claims) + ".AAAA"),
                Arguments.of(
                        "without expiration",
                        "Bearer " + TestTokens.signed(new JsonObject().put("sub", "ann"), TestTokens.SECRET)),
                Arguments.of(
                        "without subject",
                        "Bearer " + TestTokens.signed(new JsonObject().put("exp", now + 600), TestTokens.SECRET)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidTokens")
    void rejectsToken(String description, String authorization) {
        Map<String, String> headers = authorization.isEmpty() ? Map.of() : Map.of("Authorization", authorization);

        Reply reply = client.call("GET", JOBS, headers, Buffer.buffer());

        assertProblem(reply, 401, "unauthorized");
        assertThat(reply.headers().get("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void authenticatesBeforeValidation() {
        assertProblem(client.get(JOBS + "?limit=0"), 401, "unauthorized");
    }

    @Test
    void requiresTokenExceptForMonitoring() {
        contract.operations().forEach(operation -> {
            String path = operation.getAbsoluteOpenAPIPath().replaceAll("\\{\\w+}", "x");
            Reply reply = client.call(operation.getHttpMethod().name(), path, Map.of(), Buffer.buffer());
            boolean open = !path.startsWith("/api/")
                    || List.of("uploadCapabilities", "streamDocument").contains(operation.getOperationId());
            assertThat(reply.status() == 401).as(operation.getOperationId()).isEqualTo(!open);
        });
    }

    @Test
    void acceptsTokenOfPublicKeyButNotSignedWithItAsSecret() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        Path file = Files.writeString(directory.resolve("key.pem"), pem);
        TestClient keyed = serve(new JsonObject().putNull("jwtSecret").put("jwtPublicKeyFile", file.toString()));

        assertThat(keyed.get(JOBS, TestTokens.signed(TestTokens.claims("ann"), pair.getPrivate()))
                        .status())
                .isEqualTo(200);
        assertProblem(keyed.get(JOBS, TestTokens.signed(TestTokens.claims("ann"), pem)), 401, "unauthorized");
        assertProblem(keyed.get(JOBS, TestTokens.signed(TestTokens.claims("ann"), pem.strip())), 401, "unauthorized");
        assertProblem(keyed.get(JOBS, TestTokens.content("none", TestTokens.claims("ann")) + "."), 401, "unauthorized");
    }

    @Test
    void requiresConfiguredIssuerAndAudience() throws Exception {
        TestClient strict =
                serve(new JsonObject().put("jwtIssuer", "https://id.test").put("jwtAudience", "video"));
        JsonObject claims =
                TestTokens.claims("ann").put("iss", "https://id.test").put("aud", "video");

        assertThat(strict.get(JOBS, TestTokens.signed(claims, TestTokens.SECRET))
                        .status())
                .isEqualTo(200);
        for (String claim : new String[] {"iss", "aud"}) {
            JsonObject wrong = claims.copy().put(claim, "other");
            JsonObject lacking = claims.copy();
            lacking.remove(claim);
            assertProblem(strict.get(JOBS, TestTokens.signed(wrong, TestTokens.SECRET)), 401, "unauthorized");
            assertProblem(strict.get(JOBS, TestTokens.signed(lacking, TestTokens.SECRET)), 401, "unauthorized");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/video-processing/jobs/../jobs/x",
                "/api/video-processing/jobs/%2e%2e",
                "/api/video-processing/jobs/%2E%2e/jobs",
                "/api/video-processing/jobs/.%2e/x",
                "/api/video-processing//jobs",
                "//api/video-processing/jobs",
                "/api/./video-processing/jobs",
                "/api/video-processing/jobs/",
                "/api\\video-processing\\jobs",
                "/api/video-processing/jobs/%",
                "/api/video-processing/jobs/%zz",
                "/api/video-processing/jobs/%00",
                "/api/video-processing/jobs/a%0d%0aSet-Cookie:x"
            })
    void rejectsAmbiguousPath(String path) {
        assertProblem(client.get(path, TestTokens.admin()), 400, "invalid_request");
    }

    @Test
    void decodesIdInPath() {
        assertThat(client.get(JOBS + "/a%2Fb%20%C3%BC%2B%25", TestTokens.admin())
                        .json()
                        .getString("id"))
                .isEqualTo("a/b ü+%");
    }

    @Test
    void rejectsRequestThatViolatesSchema() {
        String token = TestTokens.admin();

        assertProblem(client.get(JOBS + "?limit=0", token), 400, "invalid_request");
        assertProblem(client.get(JOBS + "?limit=x", token), 400, "invalid_request");
        assertProblem(client.get(JOBS + "?status=DONE", token), 400, "invalid_request");
        assertProblem(client.get(JOBS + "/" + "x".repeat(256), token), 400, "invalid_request");
        assertProblem(
                client.post(PROCESS, token, new JsonObject().put("progressInterval", "often")), 400, "invalid_request");
        Map<String, String> json = Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json");
        assertProblem(client.call("POST", PROCESS, json, Buffer.buffer("{")), 400, "invalid_request");
        assertProblem(client.call("POST", PROCESS, json, Buffer.buffer("[1]")), 400, "invalid_request");
    }

    /** Requests that violate one rule of an operation, with the field and the value that the response must name. */
    static Stream<Arguments> violations() throws Exception {
        JsonObject document =
                OpenApiDocument.read(vertx).await(20, TimeUnit.SECONDS).json();
        return contract.operations().stream()
                // A response to HEAD has no body.
                .filter(operation -> operation.getHttpMethod() != HttpMethod.HEAD)
                .flatMap(operation -> Stream.concat(
                        violatedParameters(operation),
                        Optional.ofNullable(operation.getRequestBody()).stream()
                                .flatMap(body -> violatedFields(operation, fields(document, operation)))));
    }

    private static Stream<Arguments> violatedParameters(Operation operation) {
        String path = operation.getAbsoluteOpenAPIPath().replaceAll("\\{\\w+}", "x");
        Arguments unknown = violation(operation, path + "?nons%0aense=1", Map.of(), null, "'nons ense'", "parameter");
        return Stream.concat(
                Stream.of(unknown), operation.getParameters().stream().map(parameter -> {
                    JsonObject schema = parameter.getOpenAPIModel().getJsonObject("schema");
                    String name = parameter.getName();
                    String value = "v".repeat(schema.getInteger("maxLength", 1) + 1);
                    return switch (parameter.getIn()) {
                        case QUERY ->
                            violation(
                                    operation,
                                    path + "?" + name + "=" + value,
                                    Map.of(),
                                    null,
                                    name,
                                    // The values of tickets and tokens are not quoted.
                                    List.of("ticket", "token").contains(name) ? "\u2026" : value);
                        case HEADER -> violation(operation, path, Map.of(name, value), null, name, value);
                        default ->
                            violation(
                                    operation,
                                    operation.getAbsoluteOpenAPIPath().replace("{" + name + "}", value),
                                    Map.of(),
                                    null,
                                    name,
                                    value);
                    };
                }));
    }

    private static Stream<Arguments> violatedFields(Operation operation, JsonObject fields) {
        String path = operation.getAbsoluteOpenAPIPath().replaceAll("\\{\\w+}", "x");
        Map<String, String> json = Map.of("Content-Type", "application/json");
        return Stream.concat(
                Stream.of(
                        violation(operation, path, json, "{\"nonsense\": 1}", "'nonsense'", "field"),
                        violation(operation, path, json, "{", "body", "JSON"),
                        violation(operation, path, json, "[1]", "body", "JSON object"),
                        violation(operation, path, Map.of("Content-Type", "text/x"), "{}", "Content-Type", "text/x")),
                fields.fieldNames().stream()
                        .map(name -> violation(
                                operation,
                                path,
                                json,
                                new JsonObject()
                                        .put(name, new JsonObject().put("a", 1))
                                        .encode(),
                                "'" + name + "'",
                                "{\"a\":1}")));
    }

    private static JsonObject fields(JsonObject document, Operation operation) {
        return document
                .getJsonObject("paths")
                .getJsonObject(operation.getAbsoluteOpenAPIPath())
                .getJsonObject(operation.getHttpMethod().name().toLowerCase(Locale.ROOT))
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .stream()
                .map(reference -> String.valueOf(reference.getValue()))
                .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                .map(document.getJsonObject("components").getJsonObject("schemas")::getJsonObject)
                .findFirst()
                .orElseThrow()
                .getJsonObject("properties");
    }

    private static Arguments violation(
            Operation operation, String uri, Map<String, String> headers, String body, String field, String value) {
        return Arguments.of(
                operation.getOperationId() + ": " + field,
                operation.getHttpMethod().name(),
                uri,
                headers,
                body,
                field,
                value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void namesFieldValueAndRuleOfViolation(
            String description,
            String method,
            String uri,
            Map<String, String> headers,
            String body,
            String field,
            String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Authorization", "Bearer " + TestTokens.admin());

        Reply reply = client.call(method, uri, all, body == null ? Buffer.buffer() : Buffer.buffer(body));

        assertProblem(reply, 400, "invalid_request");
        assertThat(reply.json().getString("detail"))
                .contains(field, value.substring(0, Math.min(value.length(), 100)))
                .containsPattern("must be|allowed|has none|not valid")
                .hasSizeLessThan(300);
    }

    @Test
    void statesRangesAndRequiredFields() {
        String token = TestTokens.admin();
        String direct = "/api/video-processing/direct-uploads";

        assertThat(detail(client.get(JOBS + "?limit=101", token)))
                .isEqualTo("Query parameter 'limit' is '101'; it must be an integer from 1 to 100.");
        assertThat(detail(client.get(JOBS + "?status=DONE", token)))
                .isEqualTo("Query parameter 'status' is 'DONE'; it must be one of"
                        + " PENDING, PROCESSING, COMPLETED, FAILED.");
        assertThat(detail(client.get(JOBS + "?limit=1&limit=2", token)))
                .isEqualTo("Query parameter 'limit' is given several times; only one value is allowed.");
        assertThat(detail(client.post(direct, token, new JsonObject().put("filename", "a.mp4"))))
                .isEqualTo("Field 'size' of the body is missing; it must be an integer from 1 to 1000000000000000.");
        assertThat(detail(client.post(direct, token))).isEqualTo("The JSON body is missing.");
        assertThat(detail(client.get(JOBS + "?mediaId=%zz", token))).contains("percent-encoded");
    }

    private static String detail(Reply reply) {
        assertProblem(reply, 400, "invalid_request");
        return reply.json().getString("detail");
    }

    @Test
    void acceptsJobWithAndWithoutBody() {
        String token = TestTokens.of("ann");

        assertThat(client.post(PROCESS, token).status()).isEqualTo(200);
        JsonObject body = new JsonObject().put("requestProgressUpdates", true).put("progressInterval", 5);
        assertThat(client.post(PROCESS, token, body).status()).isEqualTo(200);
    }

    @Test
    void rejectsBodyThatIsTooLarge() {
        JsonObject large = new JsonObject().put("x", "x".repeat(65 << 10));

        assertProblem(client.post(PROCESS, TestTokens.admin(), large), 413, "body_too_large");
    }

    @Test
    void respondsWithNotFoundOrMethodNotAllowed() {
        assertProblem(client.get("/", TestTokens.admin()), 404, "not_found");
        assertProblem(client.get("/nowhere", TestTokens.admin()), 404, "not_found");
        assertProblem(client.delete(JOBS, TestTokens.admin()), 405, "method_not_allowed");
    }

    @Test
    void doesNotDiscloseMessagesOfInternalErrors() {
        Reply bug = client.get("/api/video-processing/media/m/video-versions", TestTokens.admin());
        Reply unavailable = client.get("/health/ready");

        assertProblem(bug, 500, "internal_error");
        assertProblem(unavailable, 503, "service_unavailable");
        assertThat(bug.body().toString() + unavailable.body()).doesNotContain("internal message");
    }

    @Test
    void allowsConfiguredCorsOrigins() {
        Map<String, String> preflight = Map.of(
                "Origin", "https://app.test",
                "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "authorization");

        Reply allowed = client.call("OPTIONS", PROCESS, preflight, Buffer.buffer());
        Map<String, String> foreign = new HashMap<>(preflight);
        foreign.put("Origin", "https://evil.test");
        Reply rejected = client.call("OPTIONS", PROCESS, foreign, Buffer.buffer());

        assertThat(allowed.headers().get("Access-Control-Allow-Origin")).isEqualTo("https://app.test");
        assertThat(rejected.headers().get("Access-Control-Allow-Origin")).isNull();
        assertProblem(rejected, 403, "forbidden");
    }

    @Test
    void rejectsOtherOriginsButNeverItsOwn() {
        String token = "Bearer " + TestTokens.admin();
        List<Map<String, String>> own = List.of(
                Map.of("Host", "videos.test:8080", "Origin", "http://videos.test:8080"),
                // Behind a proxy with TLS that sends its own Host.
                Map.of("Host", "backend:8080", "Origin", "https://videos.test", "Sec-Fetch-Site", "same-origin"));
        List<Map<String, String>> foreign = List.of(
                Map.of("Host", "videos.test:8080", "Origin", "http://videos.test"),
                Map.of("Host", "videos.test", "Origin", "null"),
                Map.of("Host", "backend:8080", "Origin", "https://sub.videos.test", "Sec-Fetch-Site", "same-site"),
                Map.of("Host", "backend:8080", "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site"));

        for (Map<String, String> headers : own) {
            Map<String, String> withToken = new HashMap<>(headers);
            withToken.put("Authorization", token);
            Reply posted = client.call("POST", PROCESS, withToken, Buffer.buffer());
            assertThat(posted.status()).as(headers.toString()).isEqualTo(200);
            assertThat(posted.headers().get("Vary")).containsIgnoringCase("origin");
        }
        for (Map<String, String> headers : foreign) {
            Reply rejected = client.call("GET", JOBS, headers, Buffer.buffer());
            assertProblem(rejected, 403, "forbidden");
            assertThat(rejected.json().getString("detail")).contains(headers.get("Origin"), "backend.corsOrigins");
        }
    }

    @Test
    void limitsRequestRate() throws Exception {
        TestClient slow = serve(new JsonObject().put("requestsPerSecond", 1));

        slow.get("/health/live");
        slow.get("/health/live");
        Reply third = slow.get("/health/live");

        assertProblem(third, 429, "too_many_requests");
        assertThat(third.headers().get("Retry-After")).isEqualTo("1");
    }

    @Test
    void allowsOnlyLoopbackOriginsWithoutAuthentication() throws Exception {
        TestClient open = serve(new JsonObject().putNull("jwtSecret").put("auth", "none"));

        assertThat(open.get(JOBS).json().getMap()).containsEntry("admin", true);
        assertThat(open.call("GET", JOBS, Map.of("Origin", "http://localhost:3000"), Buffer.buffer())
                        .status())
                .isEqualTo(200);
        for (Map<String, String> foreign :
                List.of(Map.of("Host", "evil.test"), Map.of("Origin", "https://evil.test"), Map.of("Origin", "null"))) {
            assertProblem(open.call("GET", JOBS, foreign, Buffer.buffer()), 403, "forbidden");
        }
    }

    @Test
    void failsToBuildWhenOperationHasNoHandler() {
        Map<String, OperationHandler> incomplete = operations();
        incomplete.remove("getJob");
        SluiceConfig config =
                SluiceConfig.read(new JsonObject().put("backend", new JsonObject().put("auth", "none")), Map.of());

        assertThatThrownBy(() -> new ApiRouter(vertx, config.backend(), ApiRouterTest::redeem)
                        .build(contract, registry(incomplete)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getJob");
    }

    @Test
    void documentsEveryProblemCode() throws IOException {
        String documentation = Files.readString(Path.of("docs/error-codes.md"));

        assertThat(ProblemCode.values())
                .allSatisfy(code ->
                        assertThat(documentation).contains("| " + code.status() + " | `" + code.wire() + "` |"));
    }

    private static void assertProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
        assertThat(reply.json().getMap())
                .containsEntry("status", status)
                .containsEntry("code", code)
                .containsKeys("type", "title", "detail");
    }
}
