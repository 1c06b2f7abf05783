"""A node: one device of the run, with its own images.

Its SuperNode's --node-config says which device it is, `device=3` or, as Flower's simulation has it, `partition-id=3`, and
what is otherwise here: `data="gtsrb:/data/gtsrb"` (the same images at another place), `threads=4`. In a simulation a device
has one thread, and a process serves many devices, of which it keeps some."""

from functools import lru_cache

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.clientapp import ClientApp

from greendiff import Device

from .messages import WEIGHTS, answer, unpacked

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


def with_local(settings, context):
    """The run's settings, but for what the node has otherwise."""
    local = {"threads": 1} if "partition-id" in context.node_config else {}
    local |= {name: context.node_config[name] for name in LOCAL if name in context.node_config}
    kept = [line for line in settings.splitlines() if line.partition(":")[0].strip() not in local]
    return "\n".join(kept + [f"{name}: {value}" for name, value in local.items()]) + "\n"


opened = lru_cache(maxsize=KEPT)(Device)


@app.query()
def describe(message: Message, context):
    """Which device this is."""
    return Message(content=RecordDict({"node": ConfigRecord({"device": device_number(context)})}), reply_to=message)


@app.train()
def train(message: Message, context):
    """One device's part in a round."""
    run = message.content["run"]
    weights = unpacked(message.content[WEIGHTS], WEIGHTS)
    device = opened(with_local(run["settings"], context), device_number(context))
    return Message(content=answer(device.answer(run["assignment"], weights)), reply_to=message)
