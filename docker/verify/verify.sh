#!/usr/bin/env bash
# verify.sh [SERVICE…]: builds the images, brings up both compose files, and judges what they promise: on this Docker engine
# (DOCKER_HOST), with the official images or the stand-ins that stand-ins.sh made. SERVICEs of compose.yaml that cannot be
# had are left out. Ends what it started, with its volumes. Exit code 0 where all held. BUILD_OPTIONS goes to docker build.
#
# Needs bash, curl, docker and its Compose. Ports 5432, 6379, 8080 to 8082 and 9090 of the loopback interface must be free, or
# others be given in the variables that docs/docker.md names.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOCKER_BUILDKIT=1 FRESHET_PASSWORD=of-the-pipeline
listener=127.0.0.1:${LISTENER_PORT:-8081}
writer=127.0.0.1:${WRITER_PORT:-8082}
demo=127.0.0.1:${DEMO_PORT:-8080}
prometheus=127.0.0.1:${PROMETHEUS_PORT:-9090}
failed=0

compose() {
  docker compose --file docker/compose.yaml "$@"
}

attach() {
  FRESHET_CONFIG=$PWD/docker/verify/attach.yml POSTGRES_PASSWORD=$FRESHET_PASSWORD docker compose \
    --file docker/compose.attach.yaml --file docker/verify/attach.network.yaml "$@"
}

# check WHAT COMMAND…: says whether the command succeeds; a function does not when any of its steps fails.
check() {
  local what=$1 told code
  shift
  # Not as a condition: in those, bash goes on after a step that fails.
  set +e
  told=$(set -e; "$@" 2>&1)
  code=$?
  set -e
  if ((code == 0)); then
    printf 'ok      %s\n' "$what"
  else
    printf 'FAILED  %s\n%s\n' "$what" "$told"
    failed=1
  fi
}

# within SECONDS COMMAND…: succeeds when the command does so in time.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

refused() {
  ! "$@"
}

same() {
  [[ $1 == "$2" ]] || { printf '%s is not %s\n' "$1" "$2"; return 1; }
}

redis() {
  compose exec -T redis redis-cli "$@"
}

sql() {
  compose exec -T postgres psql --quiet --tuples-only --no-align --username=postgres --dbname=shop --command="$1"
}

gone() {
  same "$(redis exists "$1")" 0
}

# removes CHANGE KEY OTHER: the change removes the key within ten seconds, and not the other.
removes() {
  redis set "$2" old >/dev/null
  redis set "$3" kept >/dev/null
  sql "$1"
  within 10 gone "$2"
  same "$(redis get "$3")" kept
}

# inside SERVICE COMMAND…
inside() {
  local service=$1
  shift
  compose exec -T "$service" "$@"
}

heap_is_60_percent() {
  local limit heap
  limit=$(docker inspect --format '{{.HostConfig.Memory}}' "$(compose ps -q "$1")")
  heap=$(inside "$1" jcmd 1 VM.flags | grep -o ' -XX:MaxHeapSize=[0-9]*')
  heap=${heap#*=}
  printf 'limit %s, heap %s\n' "$limit" "$heap"
  ((heap > limit * 57 / 100 && heap <= limit * 60 / 100 + 1048576))
}

confined() {
  local container
  container=$(compose ps -q "$1")
  same "$(docker inspect --format '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}}' "$container")" '10001:10001 true'
  same "$(inside "$1" sh -c 'grep -E "^(Uid|CapEff|NoNewPrivs):" /proc/self/status | tr "\n\t" "  "')" \
    'Uid: 10001 10001 10001 10001 CapEff: 0000000000000000 NoNewPrivs: 1 '
  for place in / /opt/freshet /var/lib/freshet /etc; do
    refused inside "$1" sh -c "touch $place/x" 2>/dev/null
  done
  inside "$1" sh -c 'touch /tmp/x && rm /tmp/x'
}

healthy() {
  same "$(docker inspect --format '{{.State.Health.Status}}' "$(compose ps -q "$1")")" healthy
}

# started_before ONE OTHER: one was started before the other.
started_before() {
  local one other
  one=$(docker inspect --format '{{.State.StartedAt}}' "$(compose ps -a -q "$1")")
  other=$(docker inspect --format '{{.State.StartedAt}}' "$(compose ps -a -q "$2")")
  printf '%s %s\n' "$one" "$other"
  [[ $one < $other ]]
}

metric() {
  curl -fsS "http://$prometheus/api/v1/query" --data-urlencode "query=$1" | grep -q '"value":\['
}

up() {
  compose up --detach "$@" >"$log" 2>&1 || { cat "$log"; compose ps -a; compose logs --tail 20; return 1; }
}

log=$(mktemp)
finish() {
  attach down --volumes --remove-orphans >/dev/null 2>&1 || true
  docker rm --force --volumes freshet-alone >/dev/null 2>&1 || true
  compose down --volumes --remove-orphans >/dev/null 2>&1 || true
  rm -f "$log"
}
trap finish EXIT

# --- Build ---

for target in freshet demo; do
  tag=freshet:local
  [[ $target = freshet ]] || tag=freshet-demo:local
  # shellcheck disable=SC2086 # options are words
  check "builds $tag" docker build ${BUILD_OPTIONS-} --file docker/Dockerfile --target "$target" --tag "$tag" .
  printf '        %s: %s MB\n' "$tag" "$(($(docker image inspect --format '{{.Size}}' "$tag") / 1000000))"
done
((failed == 0)) || exit 1
check 'says its version' docker run --rm --read-only freshet:local --version
check 'prints its help without a command' docker run --rm --read-only freshet:local
check 'says that it has no demo' same "$(docker run --rm freshet:local demo 2>&1 || echo "$?")" \
  $'freshet: this image has no demo; build the other one, with --target demo\n2'

# --- compose.yaml ---

services=()
for service in $(compose config --services); do
  [[ " $* " == *" $service "* ]] || services+=("$service")
done
check "comes up: ${services[*]}" up --no-build "${services[@]}"
((failed == 0)) || exit 1
for service in "${services[@]}"; do
  [[ $service = setup ]] || check "$service is healthy" within 120 healthy "$service"
done
check 'setup ended well' same "$(docker inspect --format '{{.State.ExitCode}}' "$(compose ps -a -q setup)")" 0
for pair in 'postgres setup' 'setup listener' 'kafka listener' 'redis writer' 'listener prometheus' 'writer prometheus'; do
  # shellcheck disable=SC2086 # two words
  check "starts in order: $pair" started_before $pair
done
for service in listener writer demo; do
  check "$service: not root, no rights, read-only" confined "$service"
  # The demo is not process 1: it has children to wait for, and an init for that.
  [[ $service = demo ]] || check "$service: sized to its memory limit" heap_is_60_percent "$service"
done
check 'the listener is ready' curl -fsS "http://$listener/health/ready"
check 'the writer is ready' curl -fsS "http://$writer/health/ready"
check 'the console is served' curl -fsS "http://$writer/"
check 'a change removes its key and no other' \
  removes 'UPDATE books SET price = price + 1 WHERE id = 17' book:17 book:18
check "a book that moves removes both authors' lists" eval \
  'redis set author:18:books old >/dev/null && removes "UPDATE books SET author_id = 5 WHERE id = 17" author:5:books author:6:books && within 10 gone author:18:books'
check 'a change stores the new value' within 10 eval '[[ $(redis get card:17) == *\"Book\ 17\"* ]]'
check 'the demo answers' curl -fsS "http://$demo/books/17"
check 'Prometheus scrapes both' within 60 metric 'count(up{job="freshet"} == 1) == 2'
check 'Prometheus knows the watermark' within 60 metric 'max(freshet_watermark_age_seconds) >= 0 < 30'
check 'Prometheus has loaded the alerts' eval '(( $(curl -fsS "http://$prometheus/api/v1/rules" | grep -o "\"name\":\"Freshet" | wc -l) > 8 ))'
check 'status, beside the pipeline' within 60 compose run --rm --no-deps -T listener status --config /etc/freshet/freshet.yml
check 'doctor finds nothing wrong' compose run --rm --no-deps -T listener doctor --config /etc/freshet/freshet.yml

# Health tells what is wrong, and ends when it is mended.
compose stop redis >/dev/null 2>&1
check 'the writer is unhealthy without Redis' within 60 eval 'refused healthy writer >/dev/null'
check 'and its health check says why' eval \
  'docker inspect --format "{{range .State.Health.Log}}{{.Output}}{{end}}" "$(compose ps -q writer)" | grep -q -i redis'
compose start redis >/dev/null 2>&1
check 'the writer is healthy again' within 60 healthy writer

# One that is stopped drains and ends with 0; what changed meanwhile is applied later.
compose stop writer >/dev/null 2>&1
check 'a stopped writer ends with 0' same "$(docker inspect --format '{{.State.ExitCode}}' "$(compose ps -a -q writer)")" 0
sql "UPDATE books SET title = 'While no writer ran' WHERE id = 30"
redis set book:30 old >/dev/null
compose start writer >/dev/null 2>&1
check 'what was changed meanwhile is applied' within 60 gone book:30

# Down and up again: what is in the volumes is still there, and setup finds its work done.
# Those that an image asks for without a name: `down` leaves them.
nameless=$(compose ps --all --quiet | xargs docker inspect \
  --format '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}' | grep -x -E '[0-9a-f]{64}' || true)
check 'goes down' compose down
# shellcheck disable=SC2086 # names
[[ -z $nameless ]] || docker volume rm $nameless >/dev/null
check 'comes up again on its volumes' up --no-build "${services[@]}"
check 'the data is still there' same "$(sql 'SELECT title FROM books WHERE id = 30')" 'While no writer ran'
check 'a change removes its key and no other, after that' \
  removes 'UPDATE books SET price = price + 1 WHERE id = 40' book:40 book:41

# --- compose.attach.yaml, to the servers of the other ---

compose stop listener writer >/dev/null 2>&1
check 'listener and writer come up alone' attach up --detach --no-build
attached_healthy() {
  same "$(docker inspect --format '{{.State.Health.Status}}' "$(attach ps -q "$1")")" healthy
}
check 'the attached listener is healthy' within 120 attached_healthy listener
check 'the attached writer is healthy' within 120 attached_healthy writer
check 'a change removes its key and no other, attached' \
  removes 'UPDATE books SET price = price + 1 WHERE id = 50' book:50 book:51
check 'goes down, attached' attach down

# --- One container with a broker of its own ---

run_alone() {
  docker run --rm --network freshet_default --read-only --tmpfs /tmp:exec \
    --env POSTGRES_PASSWORD="$FRESHET_PASSWORD" --env FRESHET_ADMIN_URL="jdbc:postgresql://postgres/shop?user=postgres&password=${POSTGRES_PASSWORD:-postgres}" \
    --volume "$PWD/docker/verify/alone.yml:/etc/freshet/freshet.yml:ro" freshet:local setup --config /etc/freshet/freshet.yml
  docker run --detach --name freshet-alone --network freshet_default --read-only --tmpfs /tmp:exec --memory 1g \
    --env POSTGRES_PASSWORD="$FRESHET_PASSWORD" --volume /var/lib/freshet \
    --volume "$PWD/docker/verify/alone.yml:/etc/freshet/freshet.yml:ro" freshet:local run --config /etc/freshet/freshet.yml
  within 120 eval 'docker logs freshet-alone 2>&1 | grep -qx ready' || { docker logs freshet-alone; return 1; }
}
check 'run, with a broker of its own in a volume' run_alone
check 'a change removes its key and no other, alone' \
  removes "UPDATE authors SET name = 'Renamed' WHERE id = 3" author:3 author:4

((failed == 0)) && echo 'All held.'
exit "$failed"
