"""Check a case: every byte, every step, who signed it, and whether its findings are its own."""

from __future__ import annotations

from pathlib import Path

from liverplan import case
from liverplan.case import Roster
from liverplan.errors import CaseError
from liverplan.workflow.registering import known_register, register_faults
from liverplan.workflow.remarks import remarks
from liverplan.workflow.remeasuring import Remeasured, remeasured
from liverplan.workflow.stamping import stamp_remarks


def verify_case(
    folder: Path,
    *,
    head: str = "",
    keys: Path | None = None,
    roster: Path | None = None,
    register: Path | None = None,
    register_head: str = "",
    enter: bool = False,
    authority: Path | None = None,
) -> tuple[str, ...]:
    """Check every hash of a case, its audit chain, the rules of signing and its findings.

    Parameters
    ----------
    folder : Path
        The case.
    head : str
        Hash of a line that the trail once ended in, as a report or a register says it.
    keys : Path or None
        Public keys (``*.pub``), one of which must have signed the roster.
    roster : Path or None
        Who may sign.
    register : Path or None
        What notes the heads of many cases; the one beside the case unless given. One that is given
        notes where this case ends now.
    register_head : str
        Hash of a line that the register once ended in, as a table or a report says it.
    enter : bool
        Whether a case that the register does not know is entered into it.
    authority : Path or None
        Certificates (PEM) of authorities whose time stamps count.

    Returns
    -------
    tuple of str
        What a reader must know beside: where the trail ends, what nobody proves.

    Raises
    ------
    CaseError
        If anything was altered; every fault is named.
    """
    known = None
    if roster is not None:
        trusted = () if keys is None else trusted_keys(keys)
        known = case.read_roster(roster, trusted=tuple(trusted))
    beside = known_register(folder, register, head=register_head, begin=enter)
    trusted_by = () if authority is None else case.read_authorities(authority)
    faults = case.verify(folder, head=head, roster=known)
    faults = faults or register_faults(folder, beside, enter=enter)
    found = Remeasured() if faults else remeasured(case.open_case(folder))
    if faults or found.altered:
        said = "; ".join(fault.rstrip(".") for fault in faults) or found.altered
        raise CaseError(f"The case {folder} was altered: {said}.")
    if found.unproven:
        raise CaseError(f"The case {folder} cannot be verified: {found.unproven}.")
    opened = case.open_case(folder)
    stamped = stamp_remarks(opened, trusted_by)
    open_points = (*remarks(opened, keys=keys, roster=known), found.vouched, *stamped)
    if beside is not None:
        now = case.note(beside.path, [opened]) if register is not None or enter else beside
        open_points = (*open_points, f"Register: {now.path} ends in {now.head}.")
    return tuple(filter(None, open_points))


def case_faults(folder: Path, *, head: str = "", roster: Roster | None = None) -> list[str]:
    """Return everything about a case that is not as it was written, or not as the rules allow.

    Raises
    ------
    CaseError
        If there is no case, or a newer version wrote it.
    """
    if faults := case.verify(folder, head=head, roster=roster):
        return faults
    found = remeasured(case.open_case(folder))
    return [fault for fault in (found.altered, found.unproven) if fault]


def trusted_keys(folder: Path) -> dict[str, str]:
    """Return the file's name of each public key in a folder, by the key.

    Raises
    ------
    CaseError
        If it holds none.
    """
    trusted = {case.read_public_key(path): path.name for path in sorted(folder.glob("*.pub"))}
    if not trusted:
        raise CaseError(f"The folder {folder} holds no public key (*.pub).")
    return trusted
