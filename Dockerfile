# The program alone, linked statically: nothing else is in the image, and it needs no network.
#   docker build -t dynalens .
#   docker run --rm --network none -v "$PWD:/work:ro" dynalens
# Comparisons with git (--changed-since, --staged, --new-since) need the `git` command, which this image does not have.
FROM docker.io/library/rust:1-alpine AS build
WORKDIR /source
COPY . .
RUN cargo build --locked --release && cp target/release/dynalens /dynalens

FROM scratch
COPY --from=build /dynalens /dynalens
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["/dynalens"]
