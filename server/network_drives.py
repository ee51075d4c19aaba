"""Whether a file lies on a drive of another machine: SQLite's locks do not hold there, and its files break."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_OVER_THE_NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "coda", "davfs", "fuse.cephfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs"}
    | {"fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs"}
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def network_drive_of(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network file system on which *path* lies or will lie; none on a local disk.

    *mounts* is the table of the kernel, as in `/proc/self/mountinfo`; systems without one tell nothing.
    """
    if mounts is None:
        mounts = MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else ""
    resolved = path.absolute().resolve()
    found: tuple[Path, str] | None = None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        # Spaces in a path are written as octal numbers.
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # What is mounted later on the same folder hides what was there.
        if resolved.is_relative_to(point) and (found is None or len(point.parts) >= len(found[0].parts)):
            found = point, after.split(" ", 1)[0]
    return found[1] if found is not None and found[1] in _OVER_THE_NETWORK else None
