#!/bin/bash
# One broker (KRaft, broker and controller in one process) with the users and rights of the embedded one.
# Root only reads the administrator's password; the broker runs as the image's own user.
set -euo pipefail
own=/run/banjie
password=$(cat /run/secrets/admin_password)
scram=org.apache.kafka.common.security.scram.ScramLoginModule
plain=org.apache.kafka.common.security.plain.PlainLoginModule
admin="required username=\"admin\" password=\"$password\""

umask 077
cat /etc/banjie/broker.properties - > $own/server.properties <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=CLIENT://:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=CLIENT://kafka:9092
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.client.scram-sha-256.sasl.jaas.config=$scram $admin;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=$plain $admin user_admin="$password";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin
log.dirs=/var/lib/kafka/data
END
printf -- '--add-scram\nSCRAM-SHA-256=[name=admin,password=%s]\n' "$password" > $own/format.args
chown appuser $own $own/*

as_broker() { su -s /bin/bash appuser -c "$1"; }
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
    as_broker "id=\$(/opt/kafka/bin/kafka-storage.sh random-uuid | tr - _) \
        && /opt/kafka/bin/kafka-storage.sh format -t \$id -c $own/server.properties @$own/format.args"
fi
rm $own/format.args
exec su -s /bin/bash appuser -c "exec /opt/kafka/bin/kafka-server-start.sh $own/server.properties"
