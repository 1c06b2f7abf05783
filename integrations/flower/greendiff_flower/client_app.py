"""A node: one device of the run, with its own images.

Its SuperNode's --node-config says which device it is, `device=3` or, as Flower's simulation has it, `partition-id=3`, and
what is otherwise here: `data="gtsrb:/data/gtsrb"` (the same images at another place; with `partition: own` images that this
device alone has), `threads=4`, `state="/var/lib/greendiff"` (a folder, for runs with error feedback). In a simulation a
device has one thread, and a process serves many devices, of which it keeps some."""

from functools import lru_cache
from pathlib import Path

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.clientapp import ClientApp

from greendiff import Device

from .messages import WEIGHTS, answer, keeps_images, unpacked

app = ClientApp()
LOCAL = ("data", "threads")
# Opened again, a device takes 5 ms (`tiny`) to 0.5 s (`small` on CIFAR-10), kept it takes 0.3 to 50 MB.
KEPT = 8


def device_number(context):
    node = context.node_config
    number = node.get("device", node.get("partition-id"))
    if number is None:
        raise ValueError('this node does not know its device: start it with --node-config "device=0"')
    return int(number)


def is_simulated(context):
    return "partition-id" in context.node_config


def with_local(settings, context):
    """The run's settings, but for what the node has otherwise."""
    local = {"threads": 1} if is_simulated(context) else {}
    local |= {name: context.node_config[name] for name in LOCAL if name in context.node_config}
    kept = [line for line in settings.splitlines() if line.partition(":")[0].strip() not in local]
    return "\n".join(kept + [f"{name}: {value}" for name, value in local.items()]) + "\n"


# A process of its own serves one message, one of a simulation many.
device = lru_cache(maxsize=KEPT)(Device)


def opened(settings, context):
    """This node's device. In a simulation devices move between processes: what they keep lies beside the run."""
    state = context.node_config.get("state")
    if state is None and is_simulated(context):
        state = str(Path(context.run_config["out"]) / "state")
    return device(with_local(settings, context), device_number(context), state)


@app.query()
def describe(message: Message, context):
    """Which device this is, and, where nobody else knows, how many images it has."""
    settings = message.content["run"]["settings"]
    node = {"device": device_number(context)}
    if keeps_images(settings):
        node["images"] = opened(settings, context).images
    return Message(content=RecordDict({"node": ConfigRecord(node)}), reply_to=message)


@app.train()
def train(message: Message, context):
    """One device's part in a round."""
    run = message.content["run"]
    weights = unpacked(message.content[WEIGHTS], WEIGHTS)
    answered = opened(run["settings"], context).answer(run["assignment"], weights)
    return Message(content=answer(answered), reply_to=message)
