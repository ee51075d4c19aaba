"""tuspy, unmodified: sends a file in pieces with checksums, prints the address of the upload."""

import sys

from tusclient.client import TusClient  # pyright: ignore[reportMissingImports, reportUnknownVariableType] - of this target alone


def main() -> None:
    endpoint, token, path = sys.argv[1:]
    client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
    uploader = client.uploader(path, chunk_size=1000, metadata={"filename": "oktober.xml"}, upload_checksum=True)
    uploader.upload(stop_at=2000)
    again = client.uploader(path, chunk_size=1000, url=uploader.url, upload_checksum=True)
    again.upload()
    print(again.url)


if __name__ == "__main__":
    main()
