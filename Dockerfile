# One image for web and worker. Build: docker compose build
FROM node:24-slim AS pages
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data OMP_WAIT_POLICY=PASSIVE
WORKDIR /app
# uv, since it knows where the builds of PyTorch are; docker-compose.gpu.yml asks for one with CUDA
ARG TORCH_BACKEND=cpu
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir uv==0.13.9 \
 && uv pip install --system --no-cache --torch-backend=${TORCH_BACKEND} -c constraints.txt -r requirements.txt
COPY manage.py ./
COPY selector selector
COPY labelhub labelhub
COPY --from=pages /app/frontend/dist frontend/dist
# collectstatic reads the settings; this key signs nothing and stays in no layer's environment.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput \
 && useradd --system --create-home labelhub \
 && mkdir /data && chown labelhub /data
USER labelhub
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "labelhub.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
