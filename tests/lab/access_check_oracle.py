#!/usr/bin/python3
"""Generates random cases of the access check, with the answers of Samba's directory check.

    access_check_oracle.py [--count N] [--seed S]              writes cases to standard output
    access_check_oracle.py [--count N] [--seed S] --driver D   feeds them to D, returns its exit code

One case per line, tab-separated: the descriptor (base64), the token's SIDs (commas), the mask (hex), the
object types from the class downwards (commas, may be empty), Samba's answer, and the SDDL for people.

Needs python3-samba and the python3 that it belongs to. The directory check has no Python binding, so it is
called in Samba's library through ctypes, with the C pointers of the Python objects.

Only cases in which Samba follows MS-ADTS 5.1.3.3 are generated; probes/security/README.md lists where it
does not: object entries are used only with a tree and never with CR, no entry is for OWNER RIGHTS, with a
tree one right is requested at a time and none that an owner has anyway, and there is always a list.

An owner may read and change the permissions (READ_CONTROL, WRITE_DAC) without an entry. MS-ADTS 6.1.3.4
blocks that only for computer objects, and only if dSHeuristics says so; Samba since 4.18 never grants
WRITE_DAC this way unless its caller asks for it. The oracle asks for it. It prints the number of cases in
which Samba's default differs, and fails if one differs for another reason.
"""

import argparse
import base64
import ctypes
import random
import secrets
import subprocess
import sys
import uuid

try:
    import samba.security  # loads Samba's library
    from samba.dcerpc import misc, security
    from samba.ndr import ndr_pack
except ImportError as error:
    sys.exit(f"access_check_oracle.py: python3-samba is needed ({error}); install it, "
             "or leave the oracle out with ctest -LE oracle")

DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"
TRUSTEES = (["S-1-1-0", "S-1-5-10", "S-1-5-11", "S-1-5-18", "S-1-5-32-544", "S-1-5-32-545"] +
            [f"{DOMAIN}-{rid}" for rid in (500, 512, 513, 1102, 1103)])
RIGHTS = ["CC", "DC", "LC", "SW", "RP", "WP", "DT", "LO", "CR", "SD", "RC", "WD", "WO"]
FLAGS = {"OI": .1, "CI": .3, "NP": .05, "IO": .1, "ID": .3}
ASKED = [0x1, 0x2, 0x4, 0x10, 0x20, 0x40, 0x80, 0x10000, 0x20000, 0x40000, 0x80000]
WRITE_DAC = 0x40000
OWNER_HAS = 0x20000 | WRITE_DAC
WITH_WRITE_DAC = 1  # IMPLICIT_OWNER_READ_CONTROL_AND_WRITE_DAC_RIGHTS


def loaded_library(name):
    """The path of a library that the imports above loaded."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            path = line.rstrip().rpartition(" ")[2]
            if name in path:
                return path
    sys.exit(f"access_check_oracle.py: {name} is not among the libraries of python3-samba")


class Samba:
    """The check of a directory object and its arguments."""

    def __init__(self):
        self._library = ctypes.CDLL(loaded_library("libsamba-security"))
        self._default = self._library.sec_access_check_ds
        self._default.restype = ctypes.c_uint32
        # Samba before 4.18 has only the default, which grants an owner both rights.
        self._implicit = getattr(self._library, "sec_access_check_ds_implicit_owner", None)
        if self._implicit:
            self._implicit.restype = ctypes.c_uint32
        self._library.insert_in_object_tree.restype = ctypes.c_bool
        self._talloc = ctypes.CDLL(loaded_library("libtalloc.so"))
        self._talloc.talloc_named_const.restype = ctypes.c_void_p
        self._pointer = ctypes.PyDLL(loaded_library("libpytalloc-util"))._pytalloc_get_ptr
        self._pointer.restype = ctypes.c_void_p
        self._pointer.argtypes = [ctypes.py_object]
        self.refused_to_owners = 0

    def _pointer_to(self, value):
        return ctypes.c_void_p(self._pointer(value))

    def _tree(self, context, types, mask):
        root = node = None
        for text in types:
            guid = misc.GUID(text)
            child = ctypes.c_void_p()
            if not self._library.insert_in_object_tree(
                    context, self._pointer_to(guid), ctypes.c_uint32(mask), ctypes.c_void_p(node),
                    ctypes.byref(child)):
                raise MemoryError
            node = child.value
            root = root or node
        return ctypes.c_void_p(root)

    def grants(self, descriptor, sids, mask, types):
        by_default = self._ask(self._default, descriptor, sids, mask, types)
        if not self._implicit:
            return by_default
        answer = self._ask(self._implicit, descriptor, sids, mask, types,
                           ctypes.c_int(WITH_WRITE_DAC))
        if answer != by_default:
            owner_asks = str(descriptor.owner_sid) in sids and mask & WRITE_DAC
            if not (owner_asks and answer):
                sys.exit("access_check_oracle.py: Samba's default check differs for another reason "
                         f"than an owner's WRITE_DAC: {sids} ask {mask:#x} of {descriptor.as_sddl()}")
            self.refused_to_owners += 1
        return answer

    def _ask(self, check, descriptor, sids, mask, types, *implicit_rights):
        token = security.token()
        token.sids = [security.dom_sid(sid) for sid in sids]
        token.num_sids = len(sids)
        context = ctypes.c_void_p(self._talloc.talloc_named_const(None, ctypes.c_size_t(0), b"case"))
        granted = ctypes.c_uint32()
        status = check(
            self._pointer_to(descriptor), self._pointer_to(token), ctypes.c_uint32(mask),
            ctypes.byref(granted), self._tree(context, types, mask), None, *implicit_rights)
        self._talloc._talloc_free(context, b"case")
        return status == 0


class Cases:
    """Random cases from one seed."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._types = [str(uuid.UUID(int=self._random.getrandbits(128))) for _ in range(5)]

    def _chance(self, probability):
        return self._random.random() < probability

    def _entry(self, tree):
        has_type = bool(tree) and self._chance(.5)
        kind = ("O" if has_type else "") + ("D" if self._chance(.25) else "A")
        flags = "".join(flag for flag, often in FLAGS.items() if self._chance(often))
        rights = "".join(right for right in RIGHTS
                         if self._chance(.5) and not (has_type and right == "CR"))
        type_of, inherits = "", ""
        if has_type and self._chance(.8):
            type_of = self._random.choice(tree if self._chance(.8) else self._types)
        if has_type and self._chance(.2):
            inherits = self._random.choice(self._types)
        trustee = self._random.choice(TRUSTEES)
        return f"({kind};{flags};{rights or 'RP'};{type_of};{inherits};{trustee})"

    def next(self):
        """SDDL, SIDs, mask and object types of a case."""
        tree = self._random.sample(self._types, self._random.randint(1, 3)) if self._chance(.7) else []
        owner, group = self._random.sample(TRUSTEES, 2)
        entries = "".join(self._entry(tree) for _ in range(self._random.randint(0, 10)))
        sddl = f"O:{owner}G:{group}D:{self._random.choice(['', 'P', 'AI', 'PAI'])}{entries}"
        sids = self._random.sample(TRUSTEES, self._random.randint(2, 7))
        asked = ASKED
        if tree and owner in sids:
            asked = [right for right in ASKED if not right & OWNER_HAS]
        mask = sum(self._random.sample(asked, 1 if tree else self._random.randint(1, 3)))
        return sddl, sids, mask, tree


def lines(seed, count):
    oracle, cases, domain = Samba(), Cases(seed), security.dom_sid(DOMAIN)
    for _ in range(count):
        sddl, sids, mask, types = cases.next()
        descriptor = security.descriptor.from_sddl(sddl, domain)
        answer = "granted" if oracle.grants(descriptor, sids, mask, types) else "denied"
        yield "\t".join([base64.b64encode(ndr_pack(descriptor)).decode(), ",".join(sids),
                         f"{mask:#x}", ",".join(types), answer, sddl]) + "\n"
    if oracle.refused_to_owners:
        print(f"{oracle.refused_to_owners} cases: Samba's default refuses an owner WRITE_DAC that no "
              "entry grants, MS-ADTS 6.1.3.4 grants it", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", help="any text; without it, a random one is taken and printed")
    parser.add_argument("--driver", help="the program to feed the cases to")
    arguments = parser.parse_args()
    seed = arguments.seed or secrets.token_hex(8)
    print(f"seed {seed}, {arguments.count} cases", file=sys.stderr)
    if not arguments.driver:
        sys.stdout.writelines(lines(seed, arguments.count))
        return 0
    cases = "".join(lines(seed, arguments.count))
    return subprocess.run([arguments.driver], input=cases.encode(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
