# Image of the production jar: JRE, bubblewrap, and an archive of the loaded classes.
#
#   docker build -t sluice .                          builds the jar
#   docker build -t sluice --build-arg JAR=local .    copies the jars in target
#
# JRE_DIGEST and MAVEN_DIGEST (sha256:...) pin the base images.
ARG JRE_DIGEST
ARG MAVEN_DIGEST
ARG JAR=built

# Runs on the platform of the builder: Maven selects FFmpeg for the platform of the image.
FROM --platform=$BUILDPLATFORM maven:3.9-eclipse-temurin-17${MAVEN_DIGEST:+@$MAVEN_DIGEST} AS built
ARG TARGETARCH=amd64
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2/repository \
    case "$TARGETARCH" in \
        amd64) profiles='linux-x86-64,!linux-arm64' ;; \
        arm64) profiles='linux-arm64,!linux-x86-64' ;; \
        *) echo "unsupported platform: $TARGETARCH" >&2; exit 1 ;; \
    esac \
    && mvn -B -ntp -P "$profiles" -Dmaven.test.skip=true -Dmdep.analyze.skip=true package \
    && cp target/sluice.jar target/sluice-standalone.jar /

FROM scratch AS local
COPY target/sluice.jar target/sluice-standalone.jar /

FROM ${JAR} AS jar

FROM eclipse-temurin:17-jre-noble${JRE_DIGEST:+@$JRE_DIGEST}
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="Staged video processing on RabbitMQ." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"

# bubblewrap isolates FFmpeg; tini passes signals on and reaps processes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 sluice \
    && useradd --system --uid 10001 --gid sluice --home-dir /var/lib/sluice --shell /usr/sbin/nologin sluice \
    && install -d -m 0700 -o sluice -g sluice /var/lib/sluice

COPY deploy/jvm.options deploy/image/healthcheck deploy/image/archive /opt/sluice/
COPY conf/sluice.schema.json /etc/sluice/
COPY --from=jar /sluice.jar /opt/sluice/

# Archive of the classes that a start loads, with the embedded services of the standalone jar.
RUN --mount=type=bind,from=jar,source=/sluice-standalone.jar,target=/tmp/sluice-standalone.jar \
    install -d -o sluice /tmp/archive \
    && setpriv --reuid=sluice --regid=sluice --clear-groups /opt/sluice/archive \
        /opt/sluice/jvm.options /opt/sluice/sluice.jar /tmp/sluice-standalone.jar /tmp/archive/sluice.jsa \
    && install -m 0444 /tmp/archive/sluice.jsa /opt/sluice/ \
    && rm -r /tmp/archive

# The number, so that Kubernetes can verify that the user is not root.
USER 10001:10001
WORKDIR /var/lib/sluice
VOLUME /var/lib/sluice

ENV SLUICE_WORKSPACE_DIRECTORY=/var/lib/sluice/work \
    SLUICE_FFMPEG_CACHE_DIRECTORY=/var/lib/sluice/ffmpeg \
    SLUICE_FFMPEG_SANDBOX=required \
    SLUICE_MONITORING_PORT=9464
EXPOSE 9464

# The process requeues its deliveries and exits within 10 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/opt/sluice/healthcheck"]
# No configuration: mount it at /etc/sluice/sluice.json, so that no image runs with well-known passwords.
ENTRYPOINT ["tini", "--", "java", "@/opt/sluice/jvm.options", "-XX:SharedArchiveFile=/opt/sluice/sluice.jsa", "-jar", "/opt/sluice/sluice.jar"]
CMD ["-conf", "/etc/sluice/sluice.json"]
