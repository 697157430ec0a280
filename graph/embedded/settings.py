"""What the embedded Neo4j is started with: for one desk on one machine, on the loopback interface alone."""

USERNAME = "neo4j"
MAIN = "org.neo4j.server.Neo4jCommunity"
HASH_ROUNDS = 1024

SETTINGS = """\
# Written at each start; changes are lost.
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.fleet_discovery.enabled=false
internal.dbms.bolt.local_enabled=false
dbms.usage_report.enabled=false
dbms.security.auth_enabled={auth}
server.memory.pagecache.size=128m
db.tx_log.preallocate=false
db.tx_log.rotation.size=16m
db.tx_log.rotation.retention_policy=2 files
db.logs.query.enabled=OFF
db.index.fulltext.eventually_consistent_refresh_interval=100ms
server.bolt.connection_keep_alive_for_requests=OFF
# Ends at once: bolt's two connectors would wait 5 s each for connections that may still come.
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
"""

USER_LOG = """\
<Configuration status="ERROR">
  <Appenders>
    <Console name="out" target="SYSTEM_OUT"><PatternLayout pattern="%d{ISO8601} %-5p %m%n"/></Console>
  </Appenders>
  <Loggers><Root level="info"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""

SERVER_LOG = """\
<Configuration status="ERROR">
  <Appenders>
    <RollingFile name="debug" fileName="${config:server.directories.logs}/debug.log"
                 filePattern="$${config:server.directories.logs}/debug.log.%02i">
      <PatternLayout pattern="%d{ISO8601} %-5p [%c{1.}] %m%n"/>
      <Policies><SizeBasedTriggeringPolicy size="5 MB"/></Policies>
      <DefaultRolloverStrategy fileIndex="min" max="2"/>
    </RollingFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="debug"/></Root></Loggers>
</Configuration>
"""

# Of Java's collectors this one stops a small desk for the shortest time (docs/performance.md). With less room for
# metadata it would collect the whole heap four times while Neo4j starts.
OPTIONS = (
    "-XX:+UseParallelGC",
    "-XX:MetaspaceSize=128m",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-CreateCoredumpOnCrash",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dfile.encoding=UTF-8",
)
