"""The fake cluster answers as the real one did: every recorded request is made again, in order, and
the answers are compared in status, reason, error, and the names and types of their fields."""

import concurrent.futures
import json
import re
import time
import urllib.parse

import pytest

from tests.contract import fake_pve_story as story_book
from tests.contract.raw_client import PATIENCE_S, Answer, RawClient, multipart
from tests.contract.recordings import content_differences, shape_differences, shared_data
from tests.harness.cluster import Cluster

UPID = re.compile(r"UPID:[^/\"\\?]+:")


class Story:
    """One replay: the fake cluster, what its ids are called in the recordings, the last ticket."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        self._client = RawClient(cluster)
        self.upids = {}  # recorded -> ours
        self.ticket = self.csrf = None

    # --- Requests ---

    def replay(self, recording: dict) -> Answer:
        request, note = recording["request"], recording["note"]
        path = UPID.sub(lambda m: self.upids.get(m[0], m[0]), request["path"])
        body, headers = request["body"], self.proof(request.get("auth"), note)
        if body is not None and body.startswith("multipart "):
            words = dict(word.split("=") for word in body.split()[1:])
            body, headers["Content-Type"] = multipart({"content": words["content"]}, words["filename"],
                                                      b"x" * 102)
        elif body is not None:
            headers["Content-Type"] = ("application/json" if body.startswith("{")
                                       else "application/x-www-form-urlencoded")
        answer = self._client.send(request["method"], path, body, headers)
        if isinstance(answer.data, dict) and "ticket" in answer.data:
            self.ticket, self.csrf = answer.data["ticket"], answer.data["CSRFPreventionToken"]
        return answer

    def proof(self, auth, note: str) -> dict:
        if auth == "cookie":
            headers = {"Cookie": "PVEAuthCookie=" + urllib.parse.quote(self.ticket, safe="")}
            if "without CSRF" not in note:
                headers["CSRFPreventionToken"] = self.csrf
            return headers
        if auth is None and "upload" in note:
            auth = "PVEAPIToken=root@pam!tf=11111111-2222-3333-4444-555555555555"
        return {"Authorization": auth} if auth else {}

    # --- What happened beside the recordings ---

    def control(self, path: str, /, **body):
        return self.cluster.control(path, body)

    def delete(self, path: str):
        return self.cluster.control(path, method="DELETE")

    def fault(self, **rule) -> None:
        self.cluster.control("/faults", [rule])

    def api(self, method: str, path: str, /, **parameters):
        return self.cluster.api(method, path, parameters or None)

    def upload(self, content: str, name: str, data: bytes) -> None:
        answer = self._client.upload("pve1", "local", {"content": content}, name, data)
        assert answer.status == 200, answer.text

    def settle(self) -> None:
        """Waits until no task runs."""
        end = time.monotonic() + PATIENCE_S
        while self.cluster.api("GET", "/nodes/pve1/tasks?source=active"):
            assert time.monotonic() < end, "tasks do not end"
            time.sleep(0.02)

    def forget_tasks(self) -> None:
        self.settle()
        self.control("/tasks/forget")


# --- Comparing -------------------------------------------------------------------------------------


def differences(recording: dict, answer: Answer) -> list:
    real = Answer(recording["status"], recording["reason"], recording["body"] or "")
    found = []
    if answer.status != real.status:
        return [f"status {answer.status} {answer.reason}, recorded {real.status} {real.reason}"]
    if answer.reason != real.reason:
        found.append(f"reason {answer.reason!r}, recorded {real.reason!r}")
    if (answer.body is None) != (real.body is None):
        return found + [f"body {answer.text!r}, recorded {real.text[:200]!r}"]
    if real.body is None:
        return found
    if set(answer.body) != set(real.body):
        found.append(f"members {sorted(answer.body)}, recorded {sorted(real.body)}")
    for member in ("message", "errors", "success", "status"):
        if answer.body.get(member) != real.body.get(member):
            found.append(f"{member} {answer.body.get(member)!r}, recorded {real.body.get(member)!r}")
    path = recording["request"]["path"]
    return (found + shape_differences(path, real.data, answer.data)
            + (content_differences(path, real.data, answer.data)
               if recording["request"].get("method") == "GET" else []))


def wanted_state(recording: dict):
    """"running" or "stopped" for the status of a task, else None."""
    if not recording["request"]["path"].endswith("/status") or "UPID" not in recording["request"]["path"]:
        return None
    data = json.loads(recording["body"]).get("data") or {}
    return data.get("status")


def compare(index: int, recording: dict, answer: Answer) -> list:
    real = Answer(recording["status"], recording["reason"], recording["body"] or "")
    if isinstance(real.data, str) and UPID.fullmatch(real.data) and isinstance(answer.data, str):
        return differences(recording, answer) + same_task(real.data, answer.data)
    return differences(recording, answer)


def same_task(recorded: str, ours: str) -> list:
    """Node, type, id and user of a task; its process and its times differ."""
    theirs, mine = recorded.split(":"), ours.split(":")
    return [] if (theirs[1], theirs[5:]) == (mine[1], mine[5:]) else [f"task {ours}, recorded {recorded}"]


def race(story: Story, recordings: list) -> list:
    with concurrent.futures.ThreadPoolExecutor(len(recordings)) as pool:
        answers = list(pool.map(story.replay, recordings))
    won = [a for a in answers if a.status == 200]
    reasons = {r["reason"] for r in recordings if r["status"] != 200}
    found = [f"{len(won)} clients got the same id"] if len(won) != 1 else []
    return found + [f"reason {a.reason!r}, recorded {sorted(reasons)}"
                    for a in answers if a.status != 200 and a.reason not in reasons]


def replay_all(story: Story, recordings: list) -> list:
    found = []

    def note(index: int, problems: list) -> None:
        recording = recordings[index]
        request = recording["request"]
        for problem in problems:
            if not any(index == i and part in problem for i, part in story_book.NOT_COMPARED):
                found.append(f"[{index}] {recording['note'].strip()}: {request['method']} "
                             f"{request['path'][:120]}\n    {problem}")

    racing = {i for group in story_book.RACES for i in group}
    for group in story_book.RACES:
        assert all(recordings[i]["note"] == recordings[group[0]]["note"] for i in group)
    for index, recording in enumerate(recordings):
        if index in story_book.NOT_SERVED:
            continue
        if wanted_state(recording) != "running" and index not in story_book.AT_ONCE:
            story.settle()
        story_book.before(story, index)
        if index in racing:
            group = next(g for g in story_book.RACES if index in g)
            if index == group[0]:
                note(index, race(story, [recordings[i] for i in group]))
            continue
        answer = story.replay(recording)
        real = Answer(recording["status"], recording["reason"], recording["body"] or "")
        if isinstance(real.data, str) and UPID.fullmatch(real.data) and isinstance(answer.data, str):
            story.upids[real.data] = answer.data
        note(index, compare(index, recording, answer))
    return found


@pytest.fixture(scope="module")
def recordings():
    return json.loads(shared_data("recorded-responses-9.2.11.json").read_text())


def test_every_recording_is_answered_alike(recordings, tmp_path):
    with Cluster(tmp_path / "pve", nodes=1) as cluster:
        found = replay_all(Story(cluster), recordings)
    assert not found, f"{len(found)} differences\n" + "\n".join(found)


def test_what_is_left_out_names_a_recording_and_a_reason(recordings):
    for index, reason in story_book.NOT_SERVED.items():
        assert index < len(recordings) and len(reason) > 10
    for (index, part), reason in story_book.NOT_COMPARED.items():
        assert index < len(recordings) and part and len(reason) > 10
    assert all(index < len(recordings) for index in story_book.STEPS)


def test_a_difference_is_seen():
    """The comparison itself finds a wrong status, reason, error, field and type."""
    def recording(status, reason, body):
        return {"status": status, "reason": reason, "body": json.dumps(body),
                "request": {"path": "/api2/json/nodes"}}
    good = recording(200, "OK", {"data": [{"id": "a", "n": 1}]})
    refused = recording(400, "No.", {"data": None, "message": "No.\n", "errors": {"a": "bad"}})
    assert differences(good, Answer(200, "OK", '{"data": [{"id": "b", "n": 2}]}')) == []
    for status, reason, text in ((500, "OK", "{}"), (200, "Fine", good["body"]),
                                 (200, "OK", '{"data": []}'), (200, "OK", '{"data": [{"id": "a"}]}'),
                                 (200, "OK", '{"data": [{"id": "a", "n": "1"}]}'),
                                 (200, "OK", '{"data": [{"id": "a", "n": 1, "m": 1}]}')):
        assert differences(good, Answer(status, reason, text)), text
    assert differences(refused, Answer(400, "No.", refused["body"].replace("bad", "worse")))
