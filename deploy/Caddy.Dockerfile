# Caddy as a user of its own, with the directories of its certificates.
FROM caddy:2
RUN addgroup -g 10002 proxy-user \
 && adduser -D -H -u 10002 -G proxy-user proxy-user \
 && mkdir -p /data/caddy /config/caddy \
 && chown -R 10002:10002 /data /config
USER 10002:10002
