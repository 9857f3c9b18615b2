# The site, its workers and its clock: one image, three commands. See docker-compose.yml.
FROM python:3.11.15-slim-bookworm

# WeasyPrint loads these by name; no wheel carries them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DATA_DIR=/var/lib/weitergabe STATIC_ROOT=/srv/static HOME=/tmp

WORKDIR /srv/weitergabe
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
# Settings need some key and some database address to load; collecting static files uses neither.
RUN python -m compileall -q . \
    && DEMO=1 python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin weitergabe \
    && install -d -o weitergabe -g weitergabe /var/lib/weitergabe

USER weitergabe
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
