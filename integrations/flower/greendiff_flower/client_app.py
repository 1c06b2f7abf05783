"""A node: one device of the run, with its own images.

Its SuperNode's --node-config says which device it is, `device=3` or, as Flower's simulation has it, `partition-id=3`, and
what is otherwise here: `data="gtsrb:/data/gtsrb"` (the same images at another place; with `partition: own` images that this
device alone has), `threads=4`, `state="/var/lib/greendiff"` (a folder, for runs with error feedback)."""

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.clientapp import ClientApp

from greendiff import Device

from .messages import WEIGHTS, answer, keeps_images, unpacked

app = ClientApp()
LOCAL = ("data", "threads")


def device_number(context):
    node = context.node_config
    number = node.get("device", node.get("partition-id"))
    if number is None:
        raise ValueError('this node does not know its device: start it with --node-config "device=0"')
    return int(number)


def with_local(settings, context):
    """The run's settings, but for what the node has otherwise."""
    local = {name: context.node_config[name] for name in LOCAL if name in context.node_config}
    kept = [line for line in settings.splitlines() if line.partition(":")[0].strip() not in local]
    return "\n".join(kept + [f"{name}: {value}" for name, value in local.items()]) + "\n"


def opened(settings, context):
    return Device(with_local(settings, context), device_number(context), context.node_config.get("state"))


@app.query()
def describe(message: Message, context):
    """Which device this is, and, where nobody else knows, how many images it has."""
    settings = message.content["run"]["settings"]
    node = {"device": device_number(context)}
    if keeps_images(settings):
        with opened(settings, context) as device:
            node["images"] = device.images
    return Message(content=RecordDict({"node": ConfigRecord(node)}), reply_to=message)


@app.train()
def train(message: Message, context):
    """One device's part in a round."""
    run = message.content["run"]
    weights = unpacked(message.content[WEIGHTS], WEIGHTS)
    with opened(run["settings"], context) as device:
        return Message(content=answer(device.answer(run["assignment"], weights)), reply_to=message)
