"""The server: a greendiff run whose devices are Flower's nodes."""

import time
from pathlib import Path

from flwr.app import Message
from flwr.common.logger import log
from flwr.serverapp import Grid, ServerApp

from greendiff import Rejected, Run

from . import messages
from .messages import MessageError

app = ServerApp()
INFO, WARNING = 20, 30
LOOK_SECONDS = 0.2


class Nodes:
    """Which node is which device."""

    def __init__(self, grid, settings):
        self.grid, self.settings = grid, settings
        self.node_of = {}
        self.images = {}
        self._known = set()

    def look(self, seconds=30.0):
        """Asks nodes that are new which device they are, and forgets those that are gone."""
        present = set(self.grid.get_node_ids())
        self.node_of = {device: node for device, node in self.node_of.items() if node in present}
        self._known &= present
        new = present - self._known
        questions = [
            Message(content=messages.question(self.settings), message_type="query", dst_node_id=node, group_id="nodes") for node in new]
        for reply in self.grid.send_and_receive(questions, timeout=seconds) if new else ():
            node = reply.metadata.src_node_id
            self._known.add(node)
            if reply.has_error():
                log(WARNING, "node %d does not say which device it is: %s", node, reply.error.reason)
                continue
            device = reply.content["node"]["device"]
            self.images[device] = reply.content["node"].get("images")
            if self.node_of.setdefault(device, node) != node:
                log(WARNING, "nodes %d and %d both say that they are device %d; the first is used", self.node_of[device], node, device)

    def wait(self, count, seconds):
        """Until `count` devices are there, or the time is over."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            if len(self.node_of) >= count or time.monotonic() > end:
                return len(self.node_of)
            time.sleep(LOOK_SECONDS * 5)


def run_round(run, nodes, settings, deadline):
    """One round: what came in time is averaged, the rest is recorded as lost or late."""
    opened = run.begin()
    sent = []
    for device, text in opened.assignments.items():
        if device not in nodes.node_of:
            run.lose(device, "no node says that it is this device")
            continue
        sent.append((device, Message(
            content=messages.assignment(settings, text, opened.weights), message_type="train", dst_node_id=nodes.node_of[device],
            group_id=str(run.rounds_completed + 1), ttl=2 * deadline)))
    ids = list(nodes.grid.push_messages([message for _, message in sent]))
    waiting = {identifier: device for identifier, (device, _) in zip(ids, sent) if identifier}
    end = time.monotonic() + deadline
    while waiting and time.monotonic() < end:
        for identifier, device in list(waiting.items()):
            # One at a time: a frame is decoded and added before the next is fetched.
            for reply in nodes.grid.pull_messages([identifier]):
                del waiting[identifier]
                take(run, device, reply)
        time.sleep(LOOK_SECONDS)
    for device in waiting.values():
        run.lose(device, f"no answer within {deadline:g} s", late=True)
    return run.end()


def take(run, device, reply):
    if reply.has_error():
        run.lose(device, f"its node is lost: {reply.error.reason}")
        return
    try:
        run.take(device, messages.answer_of(reply.content))
    except (MessageError, Rejected) as error:
        log(WARNING, "device %d: refused: %s", device, error)


def opened(nodes, config, settings):
    """The run, begun or taken up again. Where devices have images of their own, all of them must be there when it begins."""
    out = config["out"]
    if not messages.keeps_images(settings):
        return Run(out, settings)
    if (Path(out) / "config.yaml").exists():
        return Run(out, messages.without_partition(settings))
    counts = [nodes.images.get(device) for device in range(max(nodes.images, default=-1) + 1)]
    missing = [device for device, count in enumerate(counts) if count is None]
    if missing:
        raise ValueError(f"device {missing[0]} has not said how many images it has; start its node, or raise min-nodes")
    return Run(out, messages.with_images(settings, counts))


@app.main()
def main(grid: Grid, context):
    """Runs the rounds that are left of the run in the folder `out`."""
    config = context.run_config
    settings = Path(config["settings"]).read_text(encoding="utf-8")
    nodes = Nodes(grid, settings)
    found = nodes.wait(int(config["min-nodes"]), float(config["wait-s"]))
    with opened(nodes, config, settings) as run:
        log(INFO, "%d nodes; rounds %d to %d", found, run.rounds_completed + 1, run.rounds_completed + run.rounds_left)
        while run.rounds_left:
            record = run_round(run, nodes, settings, float(config["deadline-s"]))
            log(INFO, "round %d: loss %s, %d of %d devices, %d bytes up", record["round"], record.get("loss"),
                record["devices_accepted"], record["devices_selected"], record["upload_bytes"])
            nodes.look()
        run.finish()
