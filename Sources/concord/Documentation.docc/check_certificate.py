"""Checks the split certificate of a Concord report with nothing but Python's standard library.

    python3 check_certificate.py REPORT_DIR [--manifest corpus.yaml ...]

It knows no code of Concord: Certificate.md describes the format. Everything wrong is listed on the
error stream, and the exit status is then 1.
"""

import argparse
import csv
import hashlib
import json
import pathlib
import re
import sys

SIDES = ("train", "validation", "test")
PEOPLE = ("subject", "session", "dyad")


def canonical(value):
    """The one text of a value: no blanks, members in the order in which they came."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sha256(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def check_text(raw, certificate):
    """Written canonically, with the digest of all that stands before it."""
    if (canonical(certificate) + "\n").encode() != raw:
        yield "certificate.json is not written canonically"
    for recording in certificate["recordings"]:
        for members in (recording["groups"], recording["digests"]):
            if list(members) != sorted(members, key=str.encode):
                yield f"the members of recording {recording['id']} are not in order"
    if sha256(raw.rpartition(b',"digest":')[0]) != certificate["digest"]:
        yield "its own digest is another"
    if sha256(canonical(certificate["recordings"])) != certificate["data"]:
        yield "the digest of the data is not theirs"


def check_lists(certificate):
    """Lists of recordings, with the digests of their contents."""
    lines = [sha256(canonical(recording)) + "\n" for recording in certificate["recordings"]]
    for number, split in enumerate(certificate["splits"]):
        for side, digest in zip(SIDES, split["digests"], strict=True):
            indices = split[side]
            known = all(0 <= index < len(lines) for index in indices)
            if not indices or not known or indices != sorted(set(indices)):
                yield f"the {side} list of split {number} is no list of recordings"
            elif sha256("".join(lines[index] for index in indices)) != digest:
                yield f"the digest of the {side} list of split {number} is not its"
        tuned = split.get("tuned")
        if tuned is not None:
            part = [index for index in split["train"] if index in set(tuned)]
            if not tuned or part != tuned or len(part) == len(split["train"]):
                yield f"the tuned list of split {number} is no part of its train list"
    for cell in certificate["cells"]:
        if not 0 <= cell["first"] < cell["first"] + cell["count"] <= len(certificate["splits"]):
            yield f"{cell['cell']} has splits that are not there"


def apart(column, cell):
    return column in cell["apart"] and column in cell["apartWithin"]


def check_people(certificate):
    """No cell is silent about people or meetings that it does not keep apart."""
    known = {column for recording in certificate["recordings"] for column in recording["groups"]}
    for cell in certificate["cells"]:
        for column in known.intersection(PEOPLE):
            if column not in cell.get("shared", []):
                if not apart(column, cell):
                    yield f"{cell['cell']}: `{column}` is not kept apart"
            elif column == "subject":
                yield f"{cell['cell']}: no scheme learns from who is tested"


def values(recordings, indices, cell, border):
    """Everything of a side that must not stand on the other side of a border."""
    found = set()
    columns = cell["apart"] if border == "test" else cell["apartWithin"]
    for recording in (recordings[index] for index in indices):
        found.add(("recording", recording["id"]))
        for column in columns:
            value = recording["groups"].get(column)
            if column == "culture" or column == "id":
                value = recording[column]
            if value is not None:
                found.add((column, value))
        for matrix in ["targets"] + cell["featureSets"]:
            found.add(("content of " + matrix, recording["digests"][matrix]))
    return found


def check_sides(certificate):
    """Nothing stands on two sides, and nothing is tested twice."""
    recordings, checked = certificate["recordings"], set()
    for cell in certificate["cells"]:
        asked = canonical([cell[key] for key in ("first", "count", "apart", "apartWithin",
                                                 "featureSets", "selection")])
        if asked in checked:
            continue
        checked.add(asked)
        tested = set()
        own = certificate["splits"][cell["first"]:cell["first"] + cell["count"]]
        for number, split in enumerate(own, start=1):
            place = f"{cell['cell']}, fold {split['fold']}"
            if split["fold"] != number:
                yield f"{place}: it should be {number}"
            borders = [("train", "test"), ("validation", "test"), ("train", "validation")]
            if cell["selection"] == "test" and split["validation"] == split["test"]:
                borders = borders[:1]
            for one, other in borders:
                both = values(recordings, split[one], cell, other)
                both &= values(recordings, split[other], cell, other)
                for thing, value in sorted(both):
                    yield f"{place}: the same {thing} ({value}) is in {one} and {other}"
            for index in split["test"]:
                if (split["repetition"], index) in tested:
                    yield f"{place}: {recordings[index]['id']} is tested twice"
                tested.add((split["repetition"], index))


def split_of(row, certificate):
    """The split of a row of trials.csv, or None."""
    for cell in certificate["cells"]:
        same = all(row[key] == cell[key] for key in ("scheme", "train", "model", "features"))
        together = row["test"] == "all" and len(cell["test"]) > 1
        if same and (row["test"] in cell["test"] or together):
            fold = int(row["fold"])
            if 1 <= fold <= cell["count"]:
                return certificate["splits"][cell["first"] + fold - 1]
            return None
    return None


def check_tables(folder, certificate):
    """The report's tables are of these splits."""
    recordings = certificate["recordings"]
    if (folder / "report.json").exists():
        report = json.loads((folder / "report.json").read_bytes())
        if report.get("certificate") != certificate["digest"]:
            yield "report.json is of another certificate"
    if not (folder / "trials.csv").exists():
        return
    tests = {}
    with open(folder / "trials.csv", newline="") as file:
        for row in csv.DictReader(file):
            split = split_of(row, certificate)
            if split is None:
                yield f"trials.csv: no cell has the fold of trial {row['key']}"
            else:
                tests[row["key"]] = {recordings[index]["id"] for index in split["test"]}
    if not (folder / "recordings.csv").exists():
        return
    cultures = {recording["id"]: recording["culture"] for recording in recordings}
    found = {}
    with open(folder / "recordings.csv", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["key"], set()).add(row["recording"])
            if cultures.get(row["recording"]) != row["culture"]:
                yield f"recordings.csv: {row['recording']} is of another culture"
    for key in sorted(tests | found):
        if key not in tests:
            yield f"recordings.csv: trials.csv has no trial {key}"
        elif found.get(key) != tests[key]:
            yield f"recordings.csv: trial {key} tests other recordings than its split"


def column_value(entry, column):
    """The value of a column in a recording's entry of a manifest, or None."""
    name = rf'(?:^|[\s,{{])"?{re.escape(column)}"?: *'
    found = re.search(name + r'(?:"((?:[^"\\]|\\.)*)"|([^",}\n]+))', entry)
    if not found:
        return None
    return found[2].strip() if found[1] is None else re.sub(r"\\(.)", r"\1", found[1])


def check_manifest(path, certificate):
    """Digests, people and groups of a manifest, as `concord data index` writes it, are those of
    the certificate, and its groups are kept apart."""
    text = pathlib.Path(path).read_text()
    name = re.search(r"^corpus: *\"?([^\"\n]*?)\"? *$", text, re.MULTILINE)
    own = {r["id"]: r for r in certificate["recordings"] if name and r["corpus"] == name[1]}
    if not own:
        yield f"{path}: no recording is of its corpus"
        return
    listed = re.search(r"^groups: *\[(.*)\]", text, re.MULTILINE)
    groups = [name.strip(' "') for name in listed[1].split(",")] if listed else []
    for cell in certificate["cells"]:
        for column in groups:
            if not apart(column, cell):
                yield f"{cell['cell']}: `{column}` is not kept apart"
    found, columns = {}, {}
    for entry in re.split(r"^ *- *\{?", text, flags=re.MULTILINE)[1:]:
        recording = re.match(r"id: *\"?([^\",]+)\"?", entry)
        if recording:
            digests = re.findall(r"^ *\"?([^\s\":{]+)\"?: *([0-9a-f]{64})", entry, re.MULTILINE)
            found[recording[1]] = dict(digests)
            head = entry.partition("digests:")[0]
            columns[recording[1]] = {name: column_value(head, name) for name in (*PEOPLE, *groups)}
    for identifier in sorted(own.keys() | found.keys()):
        if identifier not in found:
            yield f"{path}: it has no recording {identifier}"
        elif identifier not in own:
            yield f"{path}: recording {identifier} is not in the certificate"
        else:
            for matrix, digest in own[identifier]["digests"].items():
                if found[identifier].get(matrix) != digest:
                    yield f"{path}: recording {identifier} has another {matrix}"
            for column, value in columns[identifier].items():
                if own[identifier]["groups"].get(column) != value:
                    yield f"{path}: recording {identifier} has another {column}"


def check(folder, manifests):
    raw = (folder / "certificate.json").read_bytes()
    try:
        certificate = json.loads(raw)
        if certificate["certificate"] != 1:
            return [f"format {certificate['certificate']} is unknown"], None
        problems = list(check_text(raw, certificate)) + list(check_lists(certificate))
        if not problems:
            problems += check_people(certificate)
            problems += check_sides(certificate)
            problems += check_tables(folder, certificate)
            for path in manifests:
                problems += check_manifest(path, certificate)
        return problems, certificate
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"certificate.json is no certificate: {error!r}"], None


def main():
    parser = argparse.ArgumentParser(description="Check the split certificate of a report.")
    parser.add_argument("report", type=pathlib.Path, help="the folder of the report")
    parser.add_argument("--manifest", action="append", default=[], help="a corpus's manifest")
    arguments = parser.parse_args()
    try:
        problems, certificate = check(arguments.report, arguments.manifest)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. `concord report STORE --output DIR` writes "
              "certificate.json beside the report.", file=sys.stderr)
        return 1
    for problem in problems:
        print(f"{arguments.report}: {problem}", file=sys.stderr)
    if problems:
        return 1
    print(f"{arguments.report}: {len(certificate['splits'])} splits of "
          f"{len(certificate['cells'])} cells over {len(certificate['recordings'])} recordings "
          "are disjoint and what they were")
    for cell in certificate["cells"]:
        if cell["selection"] == "test":
            print(f"{cell['cell']}: everything was chosen on the test side")
        if "shared" in cell:
            print(f"{cell['cell']}: partners are learnt from: both sides may have the same "
                  + " or ".join(f"`{column}`" for column in cell["shared"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
