#!/bin/bash
# One node of the replica set. Root only gives the key file to the image's own user; the image's entrypoint does the rest.
set -euo pipefail
umask 377
cat /run/secrets/key_file > /run/banjie/key_file
chown mongodb /run/banjie/key_file
umask 077
# A process killed inside a transaction freezes what it touched for transactionLifetimeLimitSeconds (otherwise 60).
exec docker-entrypoint.sh mongod --replSet rs0 --bind_ip_all --auth --keyFile /run/banjie/key_file --quiet \
    --wiredTigerCacheSizeGB "${CACHE_GB:-0.5}" --setParameter transactionLifetimeLimitSeconds=5
