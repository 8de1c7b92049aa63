# Requires `mvn -DskipTests package`. The jar contains everything but the JRE and bubblewrap.
FROM eclipse-temurin:17-jre

# Sandbox of FFmpeg. It requires unprivileged user namespaces in the container, see docs/operations.md.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --create-home --home-dir /var/lib/sluice sluice
COPY target/sluice.jar /opt/sluice/sluice.jar
# No configuration: mount one at /etc/sluice/sluice.json, so that no image runs with well-known passwords.
COPY conf/sluice.schema.json /etc/sluice/

USER sluice
WORKDIR /var/lib/sluice
VOLUME /var/lib/sluice

# Memory and cores are left to FFmpeg. The JVM needs little memory for a video of any size, and neither the second compiler nor
# parallel garbage collection makes it faster.
ENV JAVA_TOOL_OPTIONS="-Xmx128m -XX:+ExitOnOutOfMemoryError -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
ENV SLUICE_WORKSPACE_DIRECTORY=/var/lib/sluice/work
ENV SLUICE_FFMPEG_CACHE_DIRECTORY=/var/lib/sluice/ffmpeg
ENV SLUICE_FFMPEG_SANDBOX=required

# On SIGTERM the process requeues its deliveries and exits within 10 seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-jar", "/opt/sluice/sluice.jar"]
CMD ["-conf", "/etc/sluice/sluice.json"]
