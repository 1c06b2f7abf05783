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
        # By node, in the order in which they came; None for one that does not say it.
        self._device_of = {}
        # By device, where the server has none: how many images it has.
        self.images = {}
        # Those that said nothing when they were asked last.
        self._silent = set()

    def look(self, seconds=30.0):
        """Asks nodes that are new which device they are, and forgets those that are gone."""
        present = set(self.grid.get_node_ids())
        self._device_of = {node: device for node, device in self._device_of.items() if node in present}
        new = present - self._device_of.keys()
        questions = [
            Message(content=messages.question(self.settings), message_type="query", dst_node_id=node, group_id="nodes") for node in new]
        for reply in self.grid.send_and_receive(questions, timeout=seconds) if new else ():
            node = reply.metadata.src_node_id
            if reply.has_error():
                self._device_of[node] = None
                log(WARNING, "node %d does not say which device it is: %s", node, reply.error.reason)
                continue
            device = self._device_of[node] = reply.content["node"]["device"]
            self.images[device] = reply.content["node"].get("images")
            if (used := self.by_device()[device]) != node:
                log(WARNING, "nodes %d and %d both say that they are device %d; %d is used", used, node, device, used)

    def by_device(self):
        """The node for each device: of several the first, unless it is silent."""
        chosen = {}
        for node, device in self._device_of.items():
            if device is not None and chosen.get(device) in self._silent | {None}:
                chosen[device] = node
        return chosen

    def heard(self, asked, silent):
        """After a round: the nodes that were asked, and those of them that said nothing."""
        self._silent = self._silent - set(asked) | set(silent)

    def wait(self, count, seconds):
        """Until `count` devices are there, or the time is over."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            found = len(self.by_device())
            if found >= count or time.monotonic() > end:
                return found
            time.sleep(LOOK_SECONDS * 5)


def run_round(run, nodes, settings, deadline):
    """One round: what came in time is averaged, the rest is recorded as lost or late."""
    opened = run.begin()
    node_of = nodes.by_device()
    sent = []
    for device, text in opened.assignments.items():
        if device not in node_of:
            run.lose(device, "no node says that it is this device")
            continue
        sent.append((device, Message(
            content=messages.assignment(settings, text, opened.weights), message_type="train", dst_node_id=node_of[device],
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
    nodes.heard([node_of[device] for device, _ in sent], [node_of[device] for device in waiting.values()])
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
