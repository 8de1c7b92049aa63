# Build with `mvn -DskipTests package` first; everything that runs is in the one jar.
FROM eclipse-temurin:17-jre

# The cage around FFmpeg; it also needs a container that may make user namespaces, see the README.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --create-home --home-dir /var/lib/sluice sluice
COPY target/sluice.jar /opt/sluice/sluice.jar
COPY conf/sluice.json /etc/sluice/sluice.json

USER sluice
WORKDIR /var/lib/sluice
VOLUME /var/lib/sluice

# FFmpeg gets the memory and the cores: the JVM needs little whatever the size of a video, and has nothing to do that a second
# compiler or more collecting threads would make faster.
ENV JAVA_TOOL_OPTIONS="-Xmx96m -XX:+ExitOnOutOfMemoryError -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
ENV SLUICE_WORKSPACE_DIRECTORY=/var/lib/sluice/work
ENV SLUICE_FFMPEG_CACHE_DIRECTORY=/var/lib/sluice/ffmpeg

# Stopped with SIGTERM it gives its work back and is gone within ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-jar", "/opt/sluice/sluice.jar"]
CMD ["-conf", "/etc/sluice/sluice.json"]
