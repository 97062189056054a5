# One job in a container: `docker build -t conversions .`, then
#   tap-postgres --config tap.json | docker run -i --rm --read-only --tmpfs /tmp -v state:/state --env-file .env conversions
# Settings come as TARGET_LINKEDIN_CONVERSIONS_… variables; /state is all that it writes to beside /tmp.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE CHANGELOG.md ./
COPY target_linkedin_conversions target_linkedin_conversions
RUN python -m venv /opt/conversions \
 && /opt/conversions/bin/pip install --no-cache-dir -c constraints.txt '.[parquet,postgres,s3]'

FROM python:3.12-slim
COPY --from=build /opt/conversions /opt/conversions
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin conversions \
 && install -d -m 0700 -o 10001 -g 10001 /state
ENV PATH=/opt/conversions/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/state \
    TARGET_LINKEDIN_CONVERSIONS_STATE_DIR=/state
VOLUME /state
WORKDIR /state
USER 10001:10001
ENTRYPOINT ["target-linkedin-conversions"]
CMD ["--config", "ENV"]
